"""Where a firm's people stand: training status, exports, evidence packs, the inspector's page.

Nouns: InspectorLink, PackManifest. It decides nothing: requirements and duties are in `assignments`, what was
earned in `credentials`.
"""
