"""For authors and for us: what looks after the content folder, measures its bank of scenes, and makes up a firm."""
