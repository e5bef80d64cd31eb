"""`loa serve`: broker, web and worker, made ready, started and kept alive."""
