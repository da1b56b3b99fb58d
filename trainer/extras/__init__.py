"""Features that can be deleted: each a folder, and a line of `FEATURES` in `trainer/app.py`.

Nothing outside knows an extra, and an extra knows no other, unless it says that it needs it.
"""
