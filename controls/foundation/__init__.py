"""The foundation guardrails F1 to F12, and the two that stand beside them, in the order they are packed."""

from collections.abc import Sequence

from controls.foundation.access import access
from controls.foundation.accounts import accounts
from controls.foundation.audit import AUDIT
from controls.foundation.perimeter import perimeter
from controls.foundation.regions import regions
from controls.model import Control
from controls.zone import Zone

__all__ = ["foundation"]


def foundation(zone: Zone) -> Sequence[Control]:
    """F1 to F12 for one zone, AI opt-out (F13) and the Suspended OU (SUSPENDED)."""
    found = [*accounts(zone), *access(zone), *AUDIT, *regions(zone), *perimeter(zone)]
    return sorted(found, key=lambda control: (not control.id.startswith("F"), len(control.id), control.id))
