"""The way in over HTTP: parse, call a use-case, render."""
