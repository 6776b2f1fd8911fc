"""Runs the migrations on the connection that `engine.upgrade` hands over; there is no offline mode."""

from alembic import context

from review.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
