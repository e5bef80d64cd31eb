"""Loa station agent."""
