"""Monitors of `ml-prod` and `ml-staging`: where they are, what they judge, and what they start."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.recorder import Recording
from tests.stacks.test_ml_stacks import with_model
from tests.stacks.zone import run

MONITORING = {"definition": "readmission", "image_digest": "sha256:" + "d" * 64}


CHALLENGER = {
    "version": "8",
    "image_digest": "sha256:" + "a" * 64,
    "artifact_sha256": "b" * 64,
    "model_sha256": "c" * 64,
}


@pytest.mark.parametrize(("stack", "compared"), [("ml-prod", True), ("ml-staging", False)])
def test_monitor_compares_the_challenger_of_its_own_environment(stack: str, compared: bool) -> None:
    shadow = {"environment": "prod", "release": CHALLENGER, "percent": 50}
    recording = run(stack, ml=with_model(monitoring=MONITORING, shadow=shadow))
    inputs = json.loads(machine(recording)["definition"])["States"]["Judge"]["Parameters"]["ProcessingInputs"]
    assert ("shadow" in [entry["InputName"] for entry in inputs]) is compared
    [configuration] = recording.of("EndpointConfiguration")
    variants = configuration.inputs.get("shadowProductionVariants") or []
    assert [variant["initialVariantWeight"] for variant in variants] == ([0.5] if compared else [])


def machine(recording: Recording) -> Mapping[str, Any]:
    [monitor_machine] = [r for r in recording.of("stateMachine:StateMachine") if "-monitor-" in r.inputs["name"]]
    return monitor_machine.inputs


@pytest.mark.parametrize(("stack", "starts"), [("ml-prod", False), ("ml-staging", True)])
def test_monitor_starts_the_retraining_of_its_own_environment(stack: str, starts: bool) -> None:
    recording = run(stack, ml=with_model(monitoring=MONITORING))
    definition = json.loads(machine(recording)["definition"])
    assert ("Start the retraining" in definition["States"]) is starts
    environment = stack.removeprefix("ml-")
    job = definition["States"]["Judge"]["Parameters"]
    assert job["Environment"]["sagemaker_endpoint_name"] == f"readmission-{environment}"
    assert job["AppSpecification"]["ImageUri"].endswith(MONITORING["image_digest"])
    groups = [r.inputs["name"] for r in recording.of("logGroup:LogGroup")]
    assert groups.count("/aws/sagemaker/ProcessingJobs") == 1
