"""Alembic's folder: `env` is how it gets in, `versions` how the schema came about."""
