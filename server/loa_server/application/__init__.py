"""Use-cases, one per module, and the ports they need; no clock, disk, socket or thread."""
