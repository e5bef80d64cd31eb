"""Chooses the adapters: one module per process, so that none carries what it does not need."""
