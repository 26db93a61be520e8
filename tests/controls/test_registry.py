"""The registry has one entry per control, read from its folder."""

from dataclasses import replace

import pytest

from controls.citations import TITLES, cite
from controls.model import Control, Guardrail, PolicyRule, Severity, Statement
from controls.registry import CONTROLS, RegistryError, assemble, controls, folders
from controls.rules.checks import on
from controls.rules.predicates import present
from controls.zone import Zone

RULE = PolicyRule(name="a-rule", title="t", remedy="r", check=on("aws:s3/bucket:Bucket", present("bucket")))
DENY = Guardrail(statements=(Statement(sid="One", actions=("s3:GetObject",)),), targets=("*",))
PART = Control(id="X1", title="t", reason="r", citations=cite("164.312(b)"), severity=Severity.HIGH)


def test_foundation_is_complete() -> None:
    assert {f"F{number}" for number in range(1, 14)} | {"SUSPENDED"} <= set(CONTROLS)
    for identifier in (f"F{number}" for number in range(1, 14)):
        assert "prevent" in CONTROLS[identifier].layers


@pytest.mark.parametrize("identifier", CONTROLS)
def test_every_control_has_a_reason_and_a_citation(identifier: str) -> None:
    control = CONTROLS[identifier]
    assert len(control.reason) > 30
    assert control.reason.endswith(".")
    assert control.citations
    assert control.layers


@pytest.mark.parametrize(
    ("definitions", "message"),
    [
        ([PART, PART], "control id 'X1'"),
        ([replace(PART, prevent=DENY), replace(PART, id="X2", prevent=DENY)], "sid 'One'"),
        ([replace(PART, block=(RULE,)), replace(PART, id="X2", block=(RULE,))], "policy name 'a-rule'"),
    ],
)
def test_contradicting_controls_are_refused(definitions: list[Control], message: str) -> None:
    with pytest.raises(RegistryError, match=message):
        assemble(definitions)


def test_order_is_by_family_and_number() -> None:
    numbers = [f"F{number}" for number in range(1, 14)]
    assert list(CONTROLS)[:15] == [*numbers, "SUSPENDED", "D1"]
    assert list(CONTROLS)[-3:] == ["C1", "R1", "R2"]


def test_every_control_has_its_own_folder() -> None:
    assert folders().keys() == CONTROLS.keys()
    for identifier, folder in folders().items():
        assert folder.name.partition("_")[0] == identifier.lower()
        text = (folder / "control.py").read_text(encoding="utf-8")
        assert text.startswith(f'"""{identifier}: '), folder


def test_statements_contain_the_zones_regions_and_names() -> None:
    zoned = controls(Zone(prefix="clinic", regions=("eu-central-1", "eu-west-1"), residency="eu"))
    f7, f9 = zoned["F7"].prevent, zoned["F9"].prevent
    assert f7 is not None
    assert f9 is not None
    assert f7.statements[0].conditions["StringNotEquals"] == {"aws:RequestedRegion": ["eu-central-1", "eu-west-1"]}
    assert any("clinic-deploy" in resource for resource in f9.statements[0].resources)


def test_citations_are_paragraphs_of_the_security_rule() -> None:
    assert str(cite("164.312(b)")[0]) == "45 CFR 164.312(b) Audit controls"
    assert all(paragraph.startswith(("164.308", "164.310", "164.312", "164.314", "164.316")) for paragraph in TITLES)
    with pytest.raises(KeyError):
        cite("164.999")
