"""The threat model names controls and attacks that exist, every control, and all six categories per data flow."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from controls.registry import CONTROLS, sids
from inspection.attack.scenarios import scenarios

PAGE = (Path(__file__).parents[2] / "docs" / "threat-model.md").read_text(encoding="utf-8")
CATEGORIES = {
    "Spoofing",
    "Tampering",
    "Repudiation",
    "Information disclosure",
    "Denial of service",
    "Elevation of privilege",
}
ATTACKS = {scenario.id: scenario for scenario in scenarios() if scenario.attack}


@dataclass(frozen=True, kw_only=True)
class Threat:
    category: str
    controls: Sequence[str]
    attacks: Sequence[str]


def threats(page: str) -> Mapping[str, Sequence[Threat]]:
    """Data flow -> its threats."""
    flows: dict[str, list[Threat]] = {}
    for section in page.split("\n## ")[1:]:
        title = section.partition("\n")[0]
        for line in section.splitlines():
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if line.startswith("| ") and cells[0] in CATEGORIES:
                attacks = re.findall(r"`([^`]+)`", cells[3])
                flows.setdefault(title, []).append(
                    Threat(category=cells[0], controls=re.findall(r"[A-Z]+\d*", cells[2]), attacks=attacks)
                )
    return flows


FLOWS = threats(PAGE)
THREATS = [threat for flow in FLOWS.values() for threat in flow]


def test_every_named_control_exists_and_every_control_answers_a_threat() -> None:
    assert {control for threat in THREATS for control in threat.controls} == set(CONTROLS)


def test_every_named_attack_exists() -> None:
    assert {attack for threat in THREATS for attack in threat.attacks} - set(ATTACKS) == set()


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: "-".join(threat.controls))
def test_attack_is_stopped_by_a_control_of_its_threat(threat: Threat) -> None:
    statements = {sid for control in threat.controls for sid in sids(CONTROLS[control])}
    assert {
        attack: ATTACKS[attack].expect for attack in threat.attacks if ATTACKS[attack].expect not in statements
    } == {}


def test_every_data_flow_has_all_categories() -> None:
    assert len(FLOWS) == 5
    missing = {title: CATEGORIES - {threat.category for threat in flow} for title, flow in FLOWS.items()}
    assert not any(missing.values()), missing


def test_missing_control_is_noticed() -> None:
    planted = threats(PAGE.replace("| F3 |", "| F99 |"))
    assert "F99" in {control for flow in planted.values() for threat in flow for control in threat.controls}
