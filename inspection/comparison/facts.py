"""The facts of one commit that a comparison needs, and their JSON document (`zone facts`)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

VERSION: Final = 1
"""Version of the document; a comparison refuses others."""


class FactsError(Exception):
    """A document that `zone facts` did not write."""

    exit_code = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardrailPolicy:
    """A compiled organization policy."""

    name: str
    type: str
    """`SERVICE_CONTROL_POLICY`, `RESOURCE_CONTROL_POLICY` and so on."""
    content: str
    targets: Sequence[str]
    """OU paths; `/` is the root."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardrailFacts:
    """The guardrails, the accounts they bind, and the requests that they decide."""

    policies: Sequence[GuardrailPolicy]
    accounts: Mapping[str, tuple[str, str]]
    """Account name -> account id and OU path."""
    management_account: str
    organization: str
    prefix: str
    """Prefix of the zone's own roles."""
    regions: Sequence[str]
    """Primary and recovery region."""
    requests: Sequence[Mapping[str, str]]
    """Rows of the tables of requests of all controls."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkFacts:
    """The connections of the network."""

    source: Literal["deployed", "declared"]
    """`deployed`: computed from the state of the stacks. `declared`: from the configuration alone."""
    pairs: Mapping[tuple[str, str], Sequence[tuple[int, int]]]
    """Source and destination -> open ports (`inspection.network.ranges`)."""
    differences: Sequence[str] = ()
    """Differences between the deployed and the declared network."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CostFacts:
    """The estimated cost of a month in US dollars."""

    source: Literal["deployed", "declared"]
    """Whether resources are counted in the state of the stacks, or as far as the configuration says."""
    items: Mapping[str, float]
    """Item -> dollars a month."""
    as_of: str
    """Month of the oldest price."""

    @property
    def total(self) -> float:
        """All items together."""
        return sum(self.items.values())


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """The facts of one commit; a part that could not be computed is None, with its reason in `problems`."""

    guardrails: GuardrailFacts | None
    network: NetworkFacts | None
    cost: CostFacts | None
    problems: Sequence[str] = field(default=())


def to_document(facts: Facts) -> dict[str, Any]:
    """The JSON document of facts."""
    document = asdict(facts)
    if facts.network is not None:
        pairs = [
            {"from": source, "to": destination, "ports": [list(ports) for ports in open_ports]}
            for (source, destination), open_ports in facts.network.pairs.items()
        ]
        document["network"] = {**document["network"], "pairs": pairs}
    return {"version": VERSION, **document}


def from_document(document: object) -> Facts:
    """The facts of a JSON document.

    Raises:
        FactsError: it is not a document of `zone facts`, or one of another version.
    """
    if not isinstance(document, dict) or "version" not in document:
        raise FactsError("not a document of `zone facts`: the key `version` is missing")
    if document["version"] != VERSION:
        raise FactsError(f"a document of `zone facts` of version {document['version']!r}; allowed: {VERSION}")
    try:
        return Facts(
            guardrails=_guardrails(document["guardrails"]) if document["guardrails"] else None,
            network=_network(document["network"]) if document["network"] else None,
            cost=CostFacts(**document["cost"]) if document["cost"] else None,
            problems=[str(problem) for problem in document["problems"]],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise FactsError(f"not a document of `zone facts`: {error!r}") from None


def _guardrails(document: Mapping[str, Any]) -> GuardrailFacts:
    values: dict[str, Any] = {
        **document,
        "policies": [GuardrailPolicy(**policy) for policy in document["policies"]],
        "accounts": {name: (str(entry[0]), str(entry[1])) for name, entry in document["accounts"].items()},
    }
    return GuardrailFacts(**values)


def _network(document: Mapping[str, Any]) -> NetworkFacts:
    pairs = {
        (str(pair["from"]), str(pair["to"])): tuple((int(low), int(high)) for low, high in pair["ports"])
        for pair in document["pairs"]
    }
    values: dict[str, Any] = {**document, "pairs": pairs}
    return NetworkFacts(**values)
