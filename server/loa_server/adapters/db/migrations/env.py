"""Alembic's way in: `migrate` hands over an open transaction."""

from alembic import context

from loa_server.adapters.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
