"""Evidence packs: all that a firm's records hold of training on a day, as one ZIP that anyone can check here.

Nouns: PackManifest. Records are read (`reading`) as rows, these become tables and pages (`tables`, `pages`, `cover`),
which become files and a ZIP with a manifest (`files`), in slices of the worker (`making`).
"""
