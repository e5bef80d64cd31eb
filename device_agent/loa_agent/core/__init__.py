"""The station's brain: pure decisions, no clock, disk, socket, thread or random source."""
