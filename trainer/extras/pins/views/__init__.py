"""Pages of PINs, slips and site devices."""
