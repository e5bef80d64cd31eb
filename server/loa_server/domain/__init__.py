"""Pure rules of the server: no clock, disk, socket, thread or random source."""
