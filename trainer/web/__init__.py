"""The HTTP shell that all features share: access declaration, forms, errors, headers, layout, static files.

Knows no feature. What the layout shows of features (help line, who is signed in) comes from
context processors that `trainer.app` registers; its links are in `home`.
"""
