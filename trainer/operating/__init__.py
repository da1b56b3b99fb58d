"""What operators see: health checks, metrics for their monitoring, and their own page.

It reads what all others keep and decides nothing for them. No page for learners or firms belongs here.
"""
