"""Pages the server renders itself: they work without scripts, in both languages."""
