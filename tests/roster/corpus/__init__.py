"""Rosters as firms really send them: a corpus, each with what must become of it."""
