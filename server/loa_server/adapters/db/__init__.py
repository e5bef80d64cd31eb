"""Rows in SQLite or PostgreSQL: tables, migrations, one transaction type, one read side."""
