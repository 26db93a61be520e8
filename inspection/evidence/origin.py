"""Where the evidence was read, and whether the cloud that was read is an emulator."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from inspection.exported import allowed_accounts, configured_value

SourceName = Literal["rehearsal", "export", "aws"]

EMULATED: Final = "EMULATED"
"""Mark on every page and file of evidence of an emulated zone."""
AWS_DOMAINS: Final = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".amazonwebservices.com.cn")
"""Domains of AWS's endpoints (AWS General Reference, "AWS service endpoints")."""
EXAMPLE_ACCOUNT: Final = "123456789012"
"""Account id of the examples in AWS's documentation, and management account of the emulator."""
REHEARSED: Final = "rehearsed"
"""Key with which the rehearsal's engine marks its states (`rehearsal.engine.checkpoint`)."""

Stacks = Mapping[str, Sequence[Mapping[str, Any]]]
"""Stack -> resources of its state."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """The source of the evidence."""

    source: SourceName
    detail: str
    """Files, backend or state folder that was read."""
    emulated: bool
    basis: Sequence[str]
    """Why the zone counts as emulated, or what was examined for signs of an emulator."""

    @property
    def mark(self) -> str:
        """`EMULATED`, or nothing."""
        return EMULATED if self.emulated else ""


def is_aws(url: str) -> bool:
    """Whether an endpoint's address is one of AWS."""
    host = urlsplit(url).hostname or ""
    return f".{host}".endswith(AWS_DOMAINS)


def signs_of_emulation(stacks: Stacks) -> list[str]:
    """What in the states shows that an emulator, and not AWS, has the resources; each sign once."""
    return list(dict.fromkeys(sign for entries in stacks.values() for entry in entries for sign in _signs(entry)))


def _signs(entry: Mapping[str, Any]) -> Iterator[str]:
    inputs, outputs = entry.get("inputs") or {}, entry.get("outputs") or {}
    if str(entry["type"]).startswith("pulumi:providers:"):
        for url in sorted(set(_texts(configured_value(inputs.get("endpoints"))))):
            if url.startswith("http") and not is_aws(url):
                yield f"a provider sends its requests to {url}"
        named = EXAMPLE_ACCOUNT in allowed_accounts(inputs)
    else:
        named = f":{EXAMPLE_ACCOUNT}:" in str(outputs.get("arn", ""))
    if named:
        yield (
            f"resources are in account {EXAMPLE_ACCOUNT}, which AWS's documentation uses for examples and the emulator "
            "for its management account"
        )


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
