"""Where a firm's people stand: training status, exports, evidence packs, reports by mail, the inspector's page.

Nouns: InspectorLink, Report. It decides nothing: requirements and duties are in `assignments`, what was earned in
`credentials`.
"""
