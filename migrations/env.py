"""Alembic's environment. On SQLite, tables are copied in batch mode: with foreign keys on, that would silently empty
children that cascade, so they are off before BEGIN and checked at the end."""

from alembic import context
from sqlalchemy import Enum, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.types import TypeDecorator

from workshop_manager import tables
from workshop_manager.core.settings import load_settings

config = context.config
_HUEY = ("huey_kv", "huey_schedule", "huey_task", "huey_counter")


def include_name(name, kind, parents):
    """huey's tables are its own."""
    return not (kind == "table" and name in _HUEY)


def render_item(kind, item, autogen):
    """Columns as the database has them: a migration must still run when our types have moved or gone."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    if kind == "type" and isinstance(item, Enum):
        return f"sa.String(length={item.length})"
    return False


def run() -> None:
    url = make_url(config.attributes.get("url") or load_settings().database)
    sqlite = url.get_backend_name() == "sqlite"
    engine = create_engine(url)
    if sqlite:

        @event.listens_for(engine, "connect")
        def connect(connection, _record):
            connection.isolation_level = None
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA busy_timeout=15000")
            connection.execute("PRAGMA foreign_keys=OFF")
            connection.execute("PRAGMA secure_delete=ON")

        @event.listens_for(engine, "begin")
        def begin(connection):
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=tables.metadata,
            render_as_batch=sqlite,
            transactional_ddl=True,
            include_name=include_name,
            render_item=render_item,
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                raise RuntimeError(f"the migration would leave rows without their parent: {broken[:5]}")
    engine.dispose()


run()
