"""Edges of the station, each named by the library or device it drives."""
