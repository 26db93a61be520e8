"""The registry: one entry a control, put together from its layers, nothing twice."""

from dataclasses import replace

import pytest

from controls.citations import TITLES, cite
from controls.model import ConfigRule, Control, Guardrail, PolicyRule, Severity, Statement
from controls.registry import CONTROLS, RegistryError, assemble, controls
from controls.zone import Zone

RULE = PolicyRule(name="a-rule", title="t", remedy="r")
DENY = Guardrail(statements=(Statement(sid="One", actions=("s3:GetObject",)),), targets=("*",))
PART = Control(id="X1", title="t", reason="r", citations=cite("164.312(b)"), severity=Severity.HIGH)


def test_the_foundation_is_complete() -> None:
    assert {f"F{number}" for number in range(1, 14)} | {"SUSPENDED"} <= set(CONTROLS)
    for identifier in (f"F{number}" for number in range(1, 14)):
        assert "prevent" in CONTROLS[identifier].layers


@pytest.mark.parametrize("identifier", CONTROLS)
def test_every_control_says_why_and_cites_a_paragraph(identifier: str) -> None:
    control = CONTROLS[identifier]
    assert len(control.reason) > 30
    assert control.reason.endswith(".")
    assert control.citations
    assert control.layers


def test_layers_of_one_control_are_merged_by_its_id() -> None:
    parts = [
        replace(PART, prevent=DENY),
        replace(PART, detect=(ConfigRule(identifier="A"),), citations=cite("164.312(a)(1)")),
    ]
    merged = assemble(parts, {"X1": (RULE,)})["X1"]
    assert merged.layers == ["prevent", "block", "detect"]
    assert [one.paragraph for one in merged.citations] == ["164.312(b)", "164.312(a)(1)"]


@pytest.mark.parametrize(
    ("parts", "blocks", "said"),
    [
        ([replace(PART, prevent=DENY), replace(PART, prevent=replace(DENY, targets=("A",)))], {}, "two guardrails"),
        ([PART], {"X2": (RULE,)}, "'X2', which is not"),
        ([replace(PART, prevent=DENY), replace(PART, id="X2", prevent=DENY)], {}, "sid 'One'"),
        ([PART, replace(PART, id="X2")], {"X1": (RULE,), "X2": (RULE,)}, "policy name 'a-rule'"),
    ],
)
def test_contradictions_are_refused(parts: list[Control], blocks: dict[str, tuple[PolicyRule, ...]], said: str) -> None:
    with pytest.raises(RegistryError, match=said):
        assemble(parts, blocks)


def test_statements_follow_the_zones_regions_and_names() -> None:
    found = controls(Zone(prefix="clinic", regions=("eu-central-1", "eu-west-1"), residency="eu"))
    f7, f9 = found["F7"].prevent, found["F9"].prevent
    assert f7 is not None
    assert f9 is not None
    assert f7.statements[0].conditions["StringNotEquals"] == {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}
    assert any("clinic-deploy" in resource for resource in f9.statements[0].resources)


def test_citations_are_paragraphs_of_the_security_rule() -> None:
    assert str(cite("164.312(b)")[0]) == "45 CFR 164.312(b) Audit controls"
    assert all(paragraph.startswith(("164.308", "164.310", "164.312", "164.314", "164.316")) for paragraph in TITLES)
    with pytest.raises(KeyError):
        cite("164.999")
