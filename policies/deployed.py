"""Evaluates the policies of the pack on deployed resources, as a stack's state has them."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, cast

from controls.model import Control, PolicyRule
from controls.rules import UNKNOWN, Problem, Undecided
from controls.rules.checks import OnResource, OnStack, Stack
from controls.rules.resources import Resource
from controls.verdict import Verdict
from policies.configuration import Configuration, Exemption
from policies.pack import described, group

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
"""Key that marks a special value in state (pulumi/sdk `resource.SigKey`)."""
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - Pulumi's published mark of a secret, not a secret
"""Mark of a secret, whose value a state keeps encrypted."""
UNKNOWN_TEXT: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""Mark of an unknown value in state (pulumi/sdk `plugin.UnknownStringValue`)."""
PROVIDERS: Final = "pulumi:providers:"
ROOT_TYPE: Final = "pulumi:pulumi:Stack"

Entry = Mapping[str, Any]
"""A resource of a state in Pulumi's deployment format 3."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Deployed:
    """A deployed resource with what a resource policy and a stack policy read of it."""

    stack: str
    account: str
    inputs: Resource
    outputs: Resource


def evaluate(
    stacks: Mapping[str, Sequence[Entry]],
    configuration: Configuration,
    today: date,
    controls: Mapping[str, Control] | None = None,
) -> list[Verdict]:
    """Runs every policy on every deployed resource that it applies to.

    Resource policies read the inputs of a resource and stack policies its outputs, as in a deployment. A secret is
    encrypted in the state: a check that needs its value gives the verdict `not evaluated`.

    Args:
        stacks: stack -> resources of its state.
        configuration: levels, parameters and exemptions, also those that have ended.
        today: the date that exemptions are compared with.
        controls: the registry; that of the reference zone by default.

    Returns:
        One verdict per policy and resource of a type that the policy checks; of a policy that examines a stack as a
        whole, one per stack if no resource fails.
    """
    rules = described(controls)
    deployed = {stack: list(_deployed(stack, entries)) for stack, entries in stacks.items()}
    return [
        verdict
        for control, rule in rules.values()
        for resources in deployed.values()
        for verdict in _decide(control, rule, resources, configuration, today)
    ]


def _decide(
    control: Control, rule: PolicyRule, resources: Sequence[Deployed], configuration: Configuration, today: date
) -> Iterator[Verdict]:
    whole = not rule.check.types
    subjects = _whole(resources) if whole else [item for item in resources if item.inputs.type in rule.check.types]
    if not subjects:
        return
    off = _switched_off(control, rule, configuration)
    if off:
        for subject in subjects:
            yield _verdict(rule, subject, "not evaluated", off)
        return
    try:
        problems = _problems(rule, subjects, resources, configuration)
    except Exception as error:  # noqa: BLE001 - a check that fails gives no verdict, whatever it raised
        for subject in subjects:
            yield _verdict(rule, subject, "not evaluated", f"the check failed ({type(error).__name__}: {error})")
        return
    by_urn = {resource.inputs.urn: resource for resource in resources}
    judged = [] if whole and problems else [subject.inputs.urn for subject in subjects]
    for urn in dict.fromkeys([*judged, *problems]):
        if urn in by_urn:
            yield _judged(rule, by_urn[urn], problems.get(urn, []), configuration.exemptions, today)


def _whole(resources: Sequence[Deployed]) -> list[Deployed]:
    """The subject of a policy without types, which examines a stack as a whole: its root, or its first resource."""
    if not any(resource.inputs.type.startswith("aws:") for resource in resources):
        return []
    return sorted(resources, key=lambda resource: resource.inputs.type != ROOT_TYPE)[:1]


def _problems(
    rule: PolicyRule, subjects: Sequence[Deployed], resources: Sequence[Deployed], configuration: Configuration
) -> dict[str, list[Problem]]:
    """URN -> problems, of the resources that have some."""
    problems: dict[str, list[Problem]] = {}
    if isinstance(rule.check, OnStack):
        stack = Stack([resource.outputs for resource in resources])
        for resource, problem in rule.check.check(stack, configuration.parameters):
            problems.setdefault(resource.urn, []).append(problem)
    else:
        for subject in subjects:
            check: OnResource = rule.check
            listed = list(check.check(subject.inputs, configuration.parameters))
            if listed:
                problems.setdefault(subject.inputs.urn, []).extend(listed)
    return problems


def _switched_off(control: Control, rule: PolicyRule, configuration: Configuration) -> str:
    """Why the pack does not run a policy; empty if it does."""
    if configuration.levels.get(rule.name) == "disabled":
        return "the policy is disabled in policies/configuration.yaml (levels)"
    if group(control.id) not in configuration.packs:
        return f"the group {group(control.id)!r} does not run (policies/configuration.yaml, packs)"
    return ""


def _judged(
    rule: PolicyRule, subject: Deployed, problems: Sequence[Problem], exemptions: Sequence[Exemption], today: date
) -> Verdict:
    violations = [problem for problem in problems if not isinstance(problem, Undecided)]
    if not violations:
        # The wording of `Undecided` is that of a preview; in a state only a secret has no value.
        undecided = [problem.partition(" is not known")[0] for problem in problems]
        reason = f"{', '.join(undecided)}: the state has the value encrypted, as a secret" if undecided else ""
        return _verdict(rule, subject, "not evaluated" if undecided else "passes", reason)
    detail = "; ".join(dict.fromkeys(violations))
    name, urn = subject.inputs.name, subject.inputs.urn
    matching = [item for item in exemptions if item.covers(rule.name, name, urn, item.expires)]
    in_force = next((item for item in matching if item.expires >= today), None)
    if in_force is not None:
        verdict = _verdict(rule, subject, "exempt", detail)
        return replace(verdict, owner=in_force.owner, reason=in_force.reason, expires=in_force.expires)
    if matching:
        ended = max(matching, key=lambda item: item.expires)
        verdict = _verdict(rule, subject, "fails", f"{detail}; {ended.owner}'s exemption ended on {ended.expires}")
        return replace(verdict, owner=ended.owner, reason=ended.reason, expires=ended.expires)
    return _verdict(rule, subject, "fails", detail)


def _verdict(rule: PolicyRule, subject: Deployed, outcome: Any, detail: str) -> Verdict:
    region = subject.inputs.region
    return Verdict(
        policy=rule.name,
        stack=subject.stack,
        resource=subject.inputs.name,
        urn=subject.inputs.urn,
        type=subject.inputs.type,
        account=subject.account,
        region=region if isinstance(region, str) else "",
        outcome=outcome,
        detail=detail,
    )


def _deployed(stack: str, entries: Iterable[Entry]) -> Iterator[Deployed]:
    listed = list(entries)
    providers = {
        f"{entry['urn']}::{entry.get('id', '')}": _configuration(entry)
        for entry in listed
        if str(entry["type"]).startswith(PROVIDERS)
    }
    for entry in listed:
        provider = providers.get(str(entry.get("provider", "")), {})
        inputs = Resource(
            type=str(entry["type"]),
            name=str(entry["urn"]).rpartition("::")[2],
            urn=str(entry["urn"]),
            props=_properties(entry, "inputs"),
            protect=bool(entry.get("protect")),
            provider=provider,
            depends={name: list(urns or ()) for name, urns in (entry.get("propertyDependencies") or {}).items()},
        )
        accounts = provider.get("allowedAccountIds")
        yield Deployed(
            stack=stack,
            account=str(accounts[0]) if isinstance(accounts, list) and accounts else "",
            inputs=inputs,
            outputs=replace(inputs, props=_properties(entry, "outputs")),
        )


def _configuration(entry: Entry) -> dict[str, Any]:
    """Configuration of a provider: objects inside it are JSON text."""
    props = dict(_properties(entry, "inputs"))
    for key, value in props.items():
        if isinstance(value, str) and value.startswith(("{", "[")):
            try:
                props[key] = json.loads(value)
            except json.JSONDecodeError:
                props[key] = value
    return props


def _properties(entry: Entry, which: str) -> Mapping[str, Any]:
    return {key: _plain(value) for key, value in (entry.get(which) or {}).items() if not key.startswith("__")}


def _plain(value: Any) -> Any:
    """A value of a state with `UNKNOWN` for secrets, whose plain text a state does not have."""
    if isinstance(value, dict):
        tree = cast("dict[str, Any]", value)
        if tree.get(SIGNATURE) == SECRET:
            return UNKNOWN
        return {key: _plain(item) for key, item in tree.items() if key != "__defaults"}
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    return UNKNOWN if value == UNKNOWN_TEXT else value
