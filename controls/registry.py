"""The registry of controls: every safeguard once, put together from the layers' parts, with nothing ambiguous."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final, TypeVar

from controls.blocks import BLOCKS
from controls.blocks import CONTROLS as BLOCKING
from controls.foundation import foundation
from controls.guardrails import guardrails
from controls.guardrails.declared import with_declarations
from controls.model import Control, PolicyRule
from controls.zone import Zone

T = TypeVar("T")


class RegistryError(Exception):
    """Two entries of the registry contradict each other."""


def controls(zone: Zone | None = None) -> Mapping[str, Control]:
    """Control id -> control, for one zone, in registry order.

    Raises:
        RegistryError: see `assemble`.
    """
    zone = zone or Zone()
    parts = (with_declarations(one, zone) for one in (*foundation(zone), *guardrails(zone)))
    return assemble([*parts, *BLOCKING], BLOCKS)


def assemble(parts: Iterable[Control], blocks: Mapping[str, Sequence[PolicyRule]]) -> Mapping[str, Control]:
    """Merges the parts of each control by its id and adds the policies that block for it.

    A control may be described in several parts, one a layer; the first one gives title, reason and severity.

    Raises:
        RegistryError: two preventing parts for one id, blocks for an unknown id, a sid or policy name used twice.
    """
    found: dict[str, Control] = {}
    for part in parts:
        found[part.id] = _merged(found[part.id], part) if part.id in found else part
    for identifier, rules in blocks.items():
        if identifier not in found:
            raise RegistryError(f"policies block for control {identifier!r}, which is not in the registry")
        found[identifier] = replace(found[identifier], block=(*found[identifier].block, *rules))
    _refuse_repeated("sid", ((sid, one.id) for one in found.values() for sid in sids(one)))
    _refuse_repeated("policy name", ((rule.name, one.id) for one in found.values() for rule in one.block))
    return MappingProxyType(found)


def sids(control: Control) -> Sequence[str]:
    """The ids of the control's statements."""
    return [statement.sid for statement in control.prevent.statements] if control.prevent else []


def _merged(first: Control, second: Control) -> Control:
    if first.prevent and second.prevent and first.prevent != second.prevent:
        raise RegistryError(f"control {first.id!r} has two guardrails; put their statements into one")
    return replace(
        first,
        citations=_union(first.citations, second.citations),
        prevent=first.prevent or second.prevent,
        declare=_union(first.declare, second.declare),
        block=_union(first.block, second.block),
        detect=_union(first.detect, second.detect),
    )


def _union(first: Sequence[T], second: Sequence[T]) -> tuple[T, ...]:
    return (*first, *(one for one in second if one not in first))


def _refuse_repeated(what: str, uses: Iterable[tuple[str, str]]) -> None:
    owner: dict[str, str] = {}
    for name, control in uses:
        if name in owner:
            raise RegistryError(f"{what} {name!r} is used by controls {owner[name]!r} and {control!r}")
        owner[name] = control


CONTROLS: Final[Mapping[str, Control]] = controls()
"""The registry for the reference zone; a policy pack, which does not know the zone's settings, reads metadata here."""
