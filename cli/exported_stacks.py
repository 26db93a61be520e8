"""Stack exports: files that `zone export` or `pulumi stack export` wrote."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, cast

from cli.errors import UsageError

ROOT_TYPE: Final = "pulumi:pulumi:Stack"


def read_export(file: Path) -> Mapping[str, Any]:
    """The document of a stack export.

    Raises:
        UsageError: the file cannot be read, or is no stack export.
    """
    try:
        document: Any = json.loads(file.read_text(encoding="utf-8"))
        for entry in document["deployment"].get("resources") or []:
            _ = str(entry["urn"]), str(entry["type"])
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{file} is no stack export: `pulumi stack export --file FILE` writes one") from None
    return cast("Mapping[str, Any]", document)


def stack_outputs(resources: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The outputs of a stack, from its exported resources; none if the stack resource is missing."""
    return next((entry.get("outputs") or {} for entry in resources if entry["type"] == ROOT_TYPE), {})


def exported_stacks(files: Sequence[Path], stacks: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
    """Stack -> its exported state.

    Args:
        files: the files.
        stacks: names of the zone's stacks.

    Raises:
        UsageError: a file is no stack export, is of no stack of the zone, or two are of the same stack.
    """
    documents: dict[str, Mapping[str, Any]] = {}
    for file in files:
        document = read_export(file)
        urns = [str(resource["urn"]) for resource in document["deployment"].get("resources") or ()]
        names = {urn.split("::")[0].removeprefix("urn:pulumi:") for urn in urns if urn.startswith("urn:pulumi:")}
        if len(names) != 1:
            raise UsageError(f"{file} has the resources of {len(names)} stacks; allowed: an export of one stack")
        [name] = names
        if name not in stacks:
            raise UsageError(f"{file} is an export of the stack {name!r}, which is not in the zone")
        if name in documents:
            raise UsageError(f"{file} is a second export of the stack {name!r}. Give one for each stack.")
        documents[name] = document
    return documents


def exported_outputs(documents: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Stack -> its outputs."""
    return {
        stack: stack_outputs(document["deployment"].get("resources") or ()) for stack, document in documents.items()
    }
