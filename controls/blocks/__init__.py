"""The blocking layer: which CrossGuard policies stand behind which control."""

from collections.abc import Mapping, Sequence

from controls.blocks.access import ACCESS
from controls.blocks.analytics import ANALYTICS
from controls.blocks.data import COST, DATA
from controls.blocks.foundation import FOUNDATION
from controls.blocks.ml import ML, PIPELINES
from controls.blocks.network import NETWORK
from controls.blocks.recovery import RECOVERY, SERVED
from controls.blocks.segments import SEGMENTS
from controls.blocks.stores import STORES
from controls.blocks.workloads import WORKLOADS
from controls.model import PolicyRule

__all__ = ["BLOCKS", "CONTROLS"]


def _joined(*parts: Mapping[str, Sequence[PolicyRule]]) -> dict[str, tuple[PolicyRule, ...]]:
    joined: dict[str, tuple[PolicyRule, ...]] = {}
    for part in parts:
        for control, rules in part.items():
            joined[control] = (*joined.get(control, ()), *rules)
    return joined


BLOCKS = _joined(FOUNDATION, DATA, ML, PIPELINES, STORES, ANALYTICS, WORKLOADS, NETWORK, SEGMENTS, SERVED)
"""Control id -> all policies that block for it."""

CONTROLS = (*ACCESS, *COST, *RECOVERY)
"""Controls that are no guardrail of an organisation: nothing prevents for them."""
