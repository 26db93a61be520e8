"""Builds the policies of the pack from the control registry."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, cast

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    ReportViolation,
    ResourceRemediation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    Severity,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from controls.model import Control, PolicyRule
from controls.nist import nist
from controls.registry import CONTROLS
from controls.rules import Undecided
from controls.rules.checks import Finding, OnResource, OnStack, Stack
from policies.configuration import FILE, Configuration, Group, load
from policies.remedies import REPAIRABLE, remediation
from policies.resources import from_resource_args, from_stack_resource


def described(controls: Mapping[str, Control] | None = None) -> dict[str, tuple[Control, PolicyRule]]:
    """Policy name -> the control it belongs to and its rule, in registry order."""
    return {rule.name: (control, rule) for control in (controls or CONTROLS).values() for rule in control.block}


def build(configuration: Configuration | None = None) -> list[Policy]:
    """Builds the policies of the pack.

    Args:
        configuration: the pack's configuration; by default that of `policies/configuration.yaml`.

    Returns:
        The policies at their configured levels, mandatory unless the configuration says otherwise.

    Raises:
        ConfigurationError: the pack's configuration file is wrong.
    """
    rules = described()
    settings = configuration or load(rules.keys(), FILE, repairable=REPAIRABLE)
    return [_policy(control, rule, settings) for control, rule in rules.values() if group(control.id) in settings.packs]


def group(control: str) -> Group:
    """The group of policies that a control's belong to: `packs` in the configuration chooses among them."""
    return "cost" if control.startswith("C") else "baseline" if control.startswith("F") else "hipaa"


def _policy(control: Control, rule: PolicyRule, configuration: Configuration) -> Policy:
    check = rule.check
    citation = control.citations[0]
    metadata: dict[str, Any] = {
        "name": rule.name,
        "display_name": rule.title,
        "description": f"{rule.title} [control {control.id}, {citation}]",
        "enforcement_level": EnforcementLevel(configuration.levels.get(rule.name, "mandatory")),
        "severity": Severity(control.severity.value),
        "framework": PolicyComplianceFramework(
            name="HIPAA Security Rule",
            version=citation.version.value,
            reference=citation.paragraph,
            specification=citation.title,
        ),
        "tags": [
            f"control:{control.id}",
            *(f"cfr:{citation.paragraph}" for citation in control.citations),
            *(f"nist:{reference}" for reference in nist(control.citations)),
        ],
        "remediation_steps": rule.remedy,
    }
    if isinstance(check, OnResource):
        return ResourceValidationPolicy(
            validate=_on_resource(rule, check, configuration),
            remediate=cast("ResourceRemediation | None", remediation(rule.name, check, configuration.parameters)),
            **metadata,
        )
    return StackValidationPolicy(validate=_on_stack(rule, check, configuration), **metadata)


def _on_resource(
    rule: PolicyRule, check: OnResource, configuration: Configuration
) -> Callable[[ResourceValidationArgs, ReportViolation], None]:
    def findings(args: ResourceValidationArgs) -> Iterator[Finding]:
        resource = from_resource_args(args)
        for problem in check.check(resource, configuration.parameters):
            yield resource, problem

    def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
        if args.resource_type in check.types:
            _report(rule, findings(args), configuration, report)

    return validate


def _on_stack(
    rule: PolicyRule, check: OnStack, configuration: Configuration
) -> Callable[[StackValidationArgs, ReportViolation], None]:
    def findings(args: StackValidationArgs) -> Iterator[Finding]:
        stack = Stack([from_stack_resource(resource) for resource in args.resources])
        yield from check.check(stack, configuration.parameters)

    def validate(args: StackValidationArgs, report: ReportViolation) -> None:
        _report(rule, findings(args), configuration, report)

    return validate


def _report(
    rule: PolicyRule, findings: Iterator[Finding], configuration: Configuration, report: ReportViolation
) -> None:
    """Reports the findings of a check, except those of exempt resources.

    A check that raises counts as a violation. `findings` is a generator, so that the check runs here.

    Raises:
        UnknownValueError: after every finding was reported, if some properties are unknown until `up`; the analyzer
            turns it into an advisory diagnostic.
    """
    today = date.today()  # noqa: DTZ011 - an expiry is a calendar day where the pack runs
    undecided: list[str] = []
    try:
        for resource, problem in findings:
            if any(
                exemption.covers(rule.name, resource.name, resource.urn, today)
                for exemption in configuration.exemptions
            ):
                continue
            if isinstance(problem, Undecided):
                undecided.append(f"{resource.name}: {problem}")
            else:
                report(f"{resource.name}: {problem}. Remedy: {rule.remedy}", resource.urn)
    except Exception as error:  # noqa: BLE001 - a rule that fails must not pass as compliant, whatever it raised
        report(f"the policy itself failed ({type(error).__name__}: {error}) and counts as violated. Report it.", None)
    if undecided:
        raise UnknownValueError(UNKNOWN_STRING_VALUE, undecided)
