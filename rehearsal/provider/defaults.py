"""The defaults of the AWS provider: `Check` sets them, so that a later change of such a property is drift.

The Terraform bridge of the AWS provider sets every default of its schema that the program leaves unset, and lists their
names in `__defaults`. A property that depends on AWS instead has no default (it is computed). `defaults.json` has the
defaults of the types that the zone uses; it says where they come from.
"""

import functools
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rehearsal.provider.values import Values

NAMES: Final = "__defaults"
"""Key, in the inputs that `Check` returns, of the names of the properties that it set."""


@functools.cache
def _document() -> Mapping[str, Any]:
    return json.loads(Path(__file__).with_name("defaults.json").read_text(encoding="utf-8"))


def table() -> Mapping[str, Mapping[str, Any]]:
    """Return the defaults of every type: type token -> property -> value."""
    types: Mapping[str, Mapping[str, Any]] = _document()["types"]
    return types


def exclusive(token: str) -> Sequence[Sequence[str]]:
    """Return the groups of properties of a type of which a resource has exactly one."""
    groups: Mapping[str, Sequence[Sequence[str]]] = _document()["exclusive"]
    return groups.get(token, ())


def unset(token: str, inputs: Values) -> Values:
    """Return the defaults of the properties that the inputs leave unset.

    A property has no default where another property of its exclusive group is set: AWS would refuse both together.
    Source: pulumi-terraform-bridge, `applyDefaults` in pkg/tfbridge/schema.go.
    """
    names = {name for name, value in inputs.items() if value is not None}
    taken = {name for group in exclusive(token) if names & set(group) for name in group}
    return {name: value for name, value in table().get(token, {}).items() if name not in names | taken}


def split(token: str, inputs: Values, changed: frozenset[str] = frozenset()) -> tuple[Values, Values]:
    """Split checked inputs into those to send to AWS and the unchanged defaults, which AWS sets by itself.

    Args:
        token: type token of the resource.
        inputs: inputs that `Check` returned.
        changed: properties that the request changes; a default among them must be sent.
    """
    own = set(table().get(token, {}))
    kept = {name: inputs[name] for name in inputs.get(NAMES) or () if name in own - changed and name in inputs}
    return {name: value for name, value in inputs.items() if name not in kept}, kept
