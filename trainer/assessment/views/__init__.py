"""Pages of practice and final, and the first try that keeps nothing."""
