"""Twins side by side: someone looks in a scene for what decides it, then sees it beside its twin. Nothing is kept."""
