"""Loops and processes that run beside the web server."""
