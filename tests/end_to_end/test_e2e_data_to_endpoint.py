"""`docs/data-to-endpoint.md`: every command, in order, in a new checkout, until the endpoint answers."""

import json

import pytest

from drills.project_copy import ROOT
from tests.end_to_end.page import Page, run
from tests.end_to_end.zone import Zone

PAGE = Page("data-to-endpoint.md")
SETUP, TOUR = "Needs a checkout and Python 3.11", "Needs the environments of make setup-ml"
ENVIRONMENT = ".venv-workloads"


def test_every_block_of_the_page_is_executed_or_says_what_it_needs() -> None:
    assert PAGE.titles() == {SETUP, TOUR}
    assert PAGE.every_block_has_a_title()


@pytest.mark.whole_zone
@pytest.mark.timeout(3600)
@pytest.mark.skipif(
    not (ROOT / ENVIRONMENT / "bin/python").exists(), reason="there is no .venv-workloads: run `make setup-ml`"
)
def test_data_becomes_an_endpoint_that_answers(zone: Zone) -> None:
    (zone.root / ENVIRONMENT).symlink_to(ROOT / ENVIRONMENT)
    outputs = {command: run(zone, command, {}, seconds=2400) for command in PAGE.commands(TOUR)}
    [response] = [output for command, output in outputs.items() if command.startswith("zone model invoke")]
    [prediction] = json.loads(response)["predictions"]
    assert 1 <= prediction["value"] <= 180, "days"
    [health] = [output for command, output in outputs.items() if command.startswith("zone model health")]
    assert "InService" in health
    [logs] = [output for command, output in outputs.items() if command.startswith("zone pipeline logs")]
    assert logs.strip()
