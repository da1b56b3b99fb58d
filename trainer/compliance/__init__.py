"""Where a firm's people stand: training status, exports, files of certificates.

It decides nothing: requirements and duties are in `assignments`, what was earned in `credentials`.
"""
