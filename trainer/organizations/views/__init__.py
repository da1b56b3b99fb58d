"""Pages of a firm: the firm itself, its people, teams and audit log."""
