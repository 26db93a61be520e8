"""Writes docs/controls.md from the registry: `python -m controls.document` prints the page."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from controls.compiler import CompiledPolicies, compile_policies
from controls.model import Control
from controls.nist import nist
from controls.registry import controls
from controls.zone import Zone

UNITS = (
    "Security",
    "Infrastructure",
    "Workloads",
    "Workloads/ML-Dev",
    "Workloads/ML-Staging",
    "Workloads/ML-Prod",
    "Sandbox",
    "Policy-Staging",
    "Suspended",
)
"""OUs of the reference zone."""

HEAD = """# Controls

<!-- Written by `python -m controls.document` from the registry in controls/; `make docs` writes it anew. -->

Each safeguard is described once, in `controls/`, and applied in up to three layers: **prevent** (an organisation
policy denies the call), **block** (a CrossGuard policy stops the deployment) and **detect** (an AWS Config rule finds
it afterwards). The organisation policies, the policy pack's metadata and this page are drawn from that one description.
Numbers are paragraphs of 45 CFR 164, the Security Rule as in force.
"""


def page(registry: Mapping[str, Control], compiled: CompiledPolicies) -> str:
    """The whole page as Markdown."""
    return "\n".join(
        [
            HEAD,
            *_paragraphs(registry.values()),
            "## Room left\n",
            *_room(compiled),
            "## Every control\n",
            *(line for control in registry.values() for line in _control(control)),
        ]
    )


def _paragraphs(controls_listed: Iterable[Control]) -> Iterator[str]:
    by_paragraph: dict[tuple[str, str], list[str]] = defaultdict(list)
    for control in controls_listed:
        for citation in control.citations:
            by_paragraph[citation.paragraph, citation.title].append(control.id)
    yield "## Paragraph by paragraph\n"
    yield "| 45 CFR | title | controls |\n|---|---|---|"
    for (paragraph, title), ids in sorted(by_paragraph.items()):
        yield f"| {paragraph} | {title} | {', '.join(ids)} |"
    yield ""


def _room(compiled: CompiledPolicies) -> Iterator[str]:
    yield "What the reference zone's organisation policies use of AWS's limits, target by target.\n"
    yield "| target | type | policies | characters free |\n|---|---|--:|--:|"
    for room in compiled.room():
        yield f"| {room.target} | {room.policy_type} | {room.policies} of {room.policies_limit} | {room.characters:,} |"
    yield ""


def _control(control: Control) -> Iterator[str]:
    yield f"### {control.id}: {control.title}\n"
    yield f"{control.reason} Severity: {control.severity}.\n"
    yield f"- cites {'; '.join(f'{citation.paragraph} {citation.title}' for citation in control.citations)}"
    references = nist(control.citations)
    if references:
        yield f"- NIST SP 800-53: {', '.join(references)}"
    if control.prevent:
        sids = ", ".join(statement.sid for statement in control.prevent.statements)
        yield f"- prevents by {control.prevent.policy_type} on {_targets(control.prevent.targets)}: {sids}"
    for declaration in control.declare:
        yield f"- prevents by {declaration.policy_type} on {_targets(declaration.targets)}: {declaration.name}"
    for rule in control.block:
        yield f"- blocks by `{rule.name}`: {rule.title}. {rule.remedy}"
    if control.detect:
        yield f"- detects by {', '.join(config_rule.identifier for config_rule in control.detect)}"
    yield ""


def _targets(targets: Sequence[str]) -> str:
    return ", ".join({"*": "every OU", "/": "the root"}.get(target, target) for target in targets)


def main() -> None:
    """Prints the page for the reference zone."""
    zone = Zone()
    registry = controls(zone)
    print(page(registry, compile_policies(registry.values(), UNITS, zone)), end="")  # noqa: T201 - its purpose


if __name__ == "__main__":
    main()
