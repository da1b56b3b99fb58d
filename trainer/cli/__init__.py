"""Commands for authors and operators: `flask content …`, `flask credentials …`, `flask setup`."""
