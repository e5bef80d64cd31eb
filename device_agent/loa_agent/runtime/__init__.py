"""A running station: joins the brain to the edges, one loop, one queue."""
