"""The demo: a small province with virtual stations, and a check that drives it over HTTP."""
