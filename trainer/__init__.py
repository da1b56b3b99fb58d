"""Would you recognize it? Training that teaches people to recognize indicators of human trafficking and measures it."""

__version__ = "0.9.0"
