"""Pages of panels: for administrators, and for raters."""
