"""Maps the targets of guardrails to the OUs that policies are attached to."""

from collections.abc import Collection, Sequence
from typing import Final

from controls.zone import Zone

EVERY_OU: Final = "*"
ROOT: Final = "/"


def expanded(targets: Sequence[str], units: Collection[str], zone: Zone) -> tuple[Sequence[str], Sequence[str]]:
    """The OU paths behind a guardrail's targets, and those that the zone does not have.

    The zone lists the OUs that have the role of a target. `*` is every OU that is not suspended. Policies are
    inherited, so it stands for the top-level OUs: attaching to nested ones as well would spend their quota on copies.
    """
    paths: list[str] = []
    for target in targets:
        if target == EVERY_OU:
            paths += [unit for unit in units if "/" not in unit and unit != zone.suspended]
        else:
            paths += dict(zone.units_by_target).get(target, (target,))
    unknown = [target for target in paths if target != ROOT and target not in units]
    return list(dict.fromkeys(path for path in paths if path not in unknown)), unknown


def slug(targets: Sequence[str], zone: Zone) -> str:
    """The part of a policy's name that says where it is attached; depends on nothing but the guardrail's targets."""
    if tuple(targets) in ((EVERY_OU,), (ROOT,)):
        return "foundation"
    if tuple(targets) == (zone.suspended,):
        return "suspended"
    return "-and-".join(
        "root" if target == ROOT else target.lower().replace("/", "-").replace("*", "all") for target in targets
    )
