"""Edges of the server, one library per file; chosen by bootstrap only."""
