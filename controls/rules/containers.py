"""Container definitions of ECS task definitions."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from controls.rules.values import Props, lookup


def containers(props: Props) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Container definitions are JSON text in Pulumi."""
    text = lookup(props, "containerDefinitions")
    try:
        parsed = json.loads(text) if isinstance(text, str) else []
    except json.JSONDecodeError:
        parsed = []
    for definition in parsed:
        yield str(definition.get("name", "?")), definition
