"""The blocking layer: which CrossGuard policies stand behind which control."""

from controls.blocks.data import COST as CONTROLS
from controls.blocks.data import DATA
from controls.blocks.foundation import FOUNDATION

BLOCKS = {**FOUNDATION, **DATA}

__all__ = ["BLOCKS", "CONTROLS"]
