"""The SageMaker instance types that teams may use, for control M7 and for the settings."""

from typing import Final

INSTANCE_TYPES: Final = (
    "ml.c5.*",
    "ml.c6i.*",
    "ml.c7i.*",
    "ml.g5.*",
    "ml.g6.*",
    "ml.m5.*",
    "ml.m6i.*",
    "ml.m7i.*",
    "ml.r5.*",
    "ml.t3.*",
    "system",
)
"""Instance types a team may use; `system` is Studio's own."""
