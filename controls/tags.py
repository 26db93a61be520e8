"""Tags that controls read."""

from typing import Final

CLASSIFICATION_TAG: Final = "data-classification"
"""The class of the data that a resource holds; Macie jobs, backups and access policies select by it."""
