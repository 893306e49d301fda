"""Categories and listings: what suppliers offer."""
