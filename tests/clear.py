"""Everything that stands in a database as its file has it: what somebody sees who steals a backup."""

from sqlalchemy import MetaData, select

from workshop_manager.core.database import Database


def everything(database: Database) -> str:
    """Every value of every row of every table, past all types of ours."""
    found = []
    raw = MetaData()
    raw.reflect(database.engine)
    with database.connection() as connection:
        for table in raw.sorted_tables:
            for row in connection.execute(select(table)):
                found += [
                    value.decode("latin-1") if isinstance(value, bytes | memoryview) else str(value) for value in row
                ]
    return "\n".join(found)
