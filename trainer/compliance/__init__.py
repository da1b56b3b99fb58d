"""Where a firm's people stand: training status, exports, evidence packs.

Nouns: PackManifest. It decides nothing: requirements and duties are in `assignments`, what was
earned in `credentials`.
"""
