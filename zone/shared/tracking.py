"""Names of the MLflow servers that settings and components share."""

from typing import Final

ADMINISTRATOR: Final = "mlflow-admin"
"""MLflow user that manages users and permissions; no team has this name."""
CPU_UNITS: Final = 1024
"""CPU units of a task: one virtual processor."""
MEMORY_MEBIBYTES: Final = 4096
"""Memory of a task: two workers of about 700 MiB, the migration, and room for uploads."""


def host(environment: str) -> str:
    """Private DNS name of the MLflow server of an environment."""
    return f"mlflow.{environment}.ml.internal"
