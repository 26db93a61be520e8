"""Brings the database to the schema of this version of MLflow, and users and permissions to the configuration.

The container `migrate` runs before the server of every task. A lock in PostgreSQL lets one migration run at a time; a
second one finds nothing to do. A failure ends the task, and ECS's circuit breaker returns to the version before.
"""

import contextlib
from collections.abc import Generator, Mapping
from typing import Any, Final

from workloads.tracking import permissions
from workloads.tracking.settings import TrackingError, TrackingSettings

CONNECT_SECONDS: Final = 30
LOCK: Final = 7_262_719_035
"""Number of the advisory lock; any number that all versions share."""


def run(settings: TrackingSettings) -> Mapping[str, int]:
    """Migrates the database and applies users and permissions.

    Returns:
        Number of users that were created and of permissions that were given and taken.

    Raises:
        TrackingError: the database refuses the connection.
    """
    _require_connection(settings)
    from mlflow.store.db import utils  # noqa: PLC0415 - takes seconds; `health` does without

    engine = utils.create_sqlalchemy_engine_with_retry(settings.database_uri)
    with _alone(engine, locked=bool(settings.database_host)):
        # What `mlflow db upgrade` does, which puts the URI on the command line.
        if utils._is_empty_database(engine):  # noqa: SLF001 - the command's own steps
            utils._initialize_tables(engine)  # noqa: SLF001 - the same
        else:
            utils._upgrade_db(engine)  # noqa: SLF001 - the same
        return permissions.apply(settings)


def _require_connection(settings: TrackingSettings) -> None:
    """Connects once: MLflow repeats a refused connection for an hour, a wrong password too; ECS starts a new task."""
    if not settings.database_host:
        return
    from sqlalchemy import create_engine  # noqa: PLC0415 - with PostgreSQL only
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415 - as above

    engine = create_engine(settings.database_uri, connect_args={"connect_timeout": CONNECT_SECONDS})
    try:
        engine.connect().close()
    except OperationalError as error:
        reason = " ".join(str(error.orig).split())
        raise TrackingError(f"the database {settings.database_host} refuses the connection: {reason}") from None
    finally:
        engine.dispose()


@contextlib.contextmanager
def _alone(engine: Any, *, locked: bool) -> Generator[None, None, None]:
    if not locked:
        yield
        return
    from sqlalchemy import text  # noqa: PLC0415 - with the engine

    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
