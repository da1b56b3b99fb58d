"""What guards the instrument: how the bank of scenes is balanced, and what gives its answers away.

Figures with targets, calculated from the content alone with a fixed seed; `flask content report --instrument` prints
them, and `tests/instrument.json` holds them, so that a change of the bank is a change of that file. The guards need
scikit-learn, which comes with the packages for tests. Nothing here is part of serving the site.
"""
