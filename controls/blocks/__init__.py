"""The blocking layer: which CrossGuard policies stand behind which control."""

from controls.blocks.data import DATA as CONTROLS
from controls.blocks.foundation import FOUNDATION as BLOCKS

__all__ = ["BLOCKS", "CONTROLS"]
