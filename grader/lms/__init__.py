"""Formats of other systems: how their downloads are named, what they import, how they grade."""
