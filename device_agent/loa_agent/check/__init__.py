"""`loa-agent check`: what is wrong with a station, found by trying it."""
