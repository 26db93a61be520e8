"""Verdicts of the detecting layer: which deployed conformance packs have the Config rules of a control."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from controls.model import ConfigRule
from controls.verdict import Verdict
from inspection.evidence.origin import Stacks
from inspection.exported import exported_values

PACK: Final = "aws:cfg/organizationConformancePack:OrganizationConformancePack"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedPack:
    """An organization conformance pack in a stack's state."""

    stack: str
    urn: str
    region: str
    account: str
    rules: Mapping[str, str] | None
    """Source identifier -> name of the rule; None if the state does not have the template."""


def deployed_packs(stacks: Stacks) -> Sequence[DeployedPack]:
    """The organization conformance packs."""
    return [
        _pack(stack, entry)
        for stack, entries in stacks.items()
        for entry in entries
        if entry["type"] == PACK and not entry.get("delete")
    ]


def detected(rule: ConfigRule, packs: Sequence[DeployedPack]) -> Sequence[Verdict]:
    """A verdict for every deployed pack that has the rule; that resources comply is the result `config`.

    A rule that no deployed pack has fails; without any pack there is no verdict.

    Args:
        rule: a rule of a control.
        packs: the deployed packs.
    """
    if packs and all(pack.rules is not None and rule.identifier not in pack.rules for pack in packs):
        return [
            Verdict(
                policy=rule.identifier,
                stack=packs[0].stack,
                resource=rule.identifier,
                urn="",
                type=PACK,
                outcome="fails",
                detail="no deployed conformance pack has the rule",
            )
        ]
    return [
        Verdict(
            policy=rule.identifier,
            stack=pack.stack,
            resource=pack.urn.rpartition("::")[2],
            urn=pack.urn,
            type=PACK,
            account=pack.account,
            region=pack.region,
            outcome="not evaluated" if pack.rules is None else "passes",
            detail="the state does not have the pack's template" if pack.rules is None else "",
        )
        for pack in packs
        if pack.rules is None or rule.identifier in pack.rules
    ]


def _pack(stack: str, entry: Mapping[str, Any]) -> DeployedPack:
    values = exported_values(entry)
    arn = str(values.get("arn", "")).split(":")
    return DeployedPack(
        stack=stack,
        urn=str(entry["urn"]),
        region=arn[3] if len(arn) > 4 else str(values.get("region", "")),  # noqa: PLR2004 - fields of an ARN
        account=arn[4] if len(arn) > 4 else "",  # noqa: PLR2004 - fields of an ARN
        rules=_rules(values.get("templateBody")),
    )


def _rules(template: Any) -> Mapping[str, str] | None:
    try:
        resources = yaml.safe_load(template)["Resources"].values() if isinstance(template, str) else None
        if resources is None:
            return None
        sources = [item["Properties"] for item in resources if item.get("Type") == "AWS::Config::ConfigRule"]
        return {
            str(properties["Source"]["SourceIdentifier"]): str(properties.get("ConfigRuleName", ""))
            for properties in sources
            if "SourceIdentifier" in properties.get("Source", {})
        }
    except (yaml.YAMLError, KeyError, TypeError, AttributeError):
        return None
