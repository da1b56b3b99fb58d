"""Commands for operators: `flask setup`, `flask serve`, `flask credentials …`."""
