"""Benches: ratios to a bare Flask page on the same server, in one run."""
