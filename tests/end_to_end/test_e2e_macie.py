"""The pipeline's Macie job: the state machine starts it, Macie reads the objects under its own role, findings stop."""

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from components.ml.pipeline_definition import definition
from components.ml.pipeline_plan import STEPS
from components.ml.pipeline_rights import machine_rights
from tests.end_to_end.laboratory import Laboratory, Run

pytestmark = pytest.mark.timeout(600)
CLEAN = "pseudonym,age_years,zip3,note\nab12,64,021,Seen on rounds.\ncd34,90,000,Wound clean and dry.\n"
PLANTED = {
    "USA_SOCIAL_SECURITY_NUMBER": ("ssn", "078-05-1120"),
    "NAME": ("note", "Seen with Mary Smith on rounds."),
    "DATE_OF_BIRTH": ("note", "DOB 1961-02-11"),
    "PHONE_NUMBER": ("note", "phone 617-555-0123"),
    "ADDRESS": ("note", "Lives at 12 Oak Street."),
    "USA_MEDICARE_BENEFICIARY_IDENTIFIER": ("note", "MBI 1EG4-TE5-MK73"),
    "USA_NATIONAL_PROVIDER_IDENTIFIER": ("note", "NPI 1234567893"),
    "US_DRUG_ENFORCEMENT_AGENCY_NUMBER": ("note", "DEA number AB1234563"),
}
"""Identifier -> column and value in which Macie finds it."""


def with_macie_only(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The state machine with its lock, the states of Macie and its ending, and no jobs."""
    changed = copy.deepcopy(dict(document))
    states = changed["States"]
    states["Lock"]["Next"] = "Read the state of Macie"
    states["Take over the lock"]["Next"] = "Read the state of Macie"
    states["Did Macie find PHI?"]["Default"] = "Unlock"
    pending, reached = [changed["StartAt"]], set[str]()
    while pending:
        name = pending.pop()
        if name in reached:
            continue
        reached.add(name)
        text = states[name]
        following = [text.get("Next"), text.get("Default")]
        following += [entry["Next"] for key in ("Choices", "Catch") for entry in text.get(key, ())]
        pending += [target for target in following if target]
    changed["States"] = {name: state for name, state in states.items() if name in reached}
    assert not reached & {step.title for step in STEPS}
    return changed


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    account = Laboratory(tmp_path_factory.mktemp("macie") / "state")
    account.deploy(with_macie_only(definition(account.plan)))
    yield account
    account.close()


def classify(laboratory: Laboratory, name: str, content: str, key: str | None = None) -> Run:
    """Puts a selected data version, and lets the state machine classify it."""
    place = laboratory.plan.output("select")
    laboratory.client("s3").put_object(
        Bucket=place.bucket,
        Key=f"{place.prefix.replace('{}', name)}train.csv",
        Body=content.encode(),
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=key or laboratory.key,
    )
    answer = laboratory.client("stepfunctions").start_execution(stateMachineArn=laboratory.arn, name=name, input="{}")
    return laboratory.wait(str(answer["executionArn"]))


def test_clean_data_passes(laboratory: Laboratory) -> None:
    run = classify(laboratory, "clean", CLEAN)
    assert run.status == "SUCCEEDED", run.cause
    [job] = laboratory.client("macie2").list_classification_jobs()["items"]
    events = laboratory.client("logs").get_log_events(
        logGroupName="/aws/macie/classificationjobs", logStreamName=job["jobId"]
    )["events"]
    [completed] = [json.loads(event["message"]) for event in events]
    assert completed["description"] == "1 objects read", "Macie read the object of this run, and no other"


@pytest.mark.parametrize("identity", PLANTED)
def test_planted_phi_stops_the_run(laboratory: Laboratory, identity: str) -> None:
    column, value = PLANTED[identity]
    name = identity.lower().replace("_", "-")[:20]
    run = classify(laboratory, name, f"pseudonym,{column}\nab12,{value}\n")
    assert run.status == "FAILED"
    assert run.cause.startswith("Step macie stopped. Macie found ")
    # The emulated AWS writes a list of one as a text.
    match = re.search(r"Macie found \[?\"(\w+)\"\]? in \[?\"([\w/.-]+)\"\]?\. ", run.cause)
    assert match is not None, run.cause
    assert match.groups() == (identity, f"cardiology/pipeline/readmission/{name}/select/train.csv")
    assert "privacy officer" in run.cause
    assert "Nothing was registered." in run.cause
    assert value not in run.cause
    assert not laboratory.locked()


@pytest.mark.parametrize(
    "value",
    ["078-05-1120", "000-12-3456", "1234567890", "1961-02-11", "Mary said so"],
    ids=["SSN without keyword", "no SSN", "NPI with a wrong check digit", "date without keyword", "one name"],
)
def test_what_macie_does_not_report(laboratory: Laboratory, value: str) -> None:
    run = classify(laboratory, f"near-miss-{abs(hash(value)) % 10**8}", f"pseudonym,note\nab12,{value}\n")
    assert run.status == "SUCCEEDED", run.cause


def test_findings_of_another_job_do_not_stop_a_run(laboratory: Laboratory) -> None:
    assert classify(laboratory, "first-with-phi", "ssn\n078-05-1120\n").status == "FAILED"
    assert classify(laboratory, "second-clean", CLEAN).status == "SUCCEEDED"


def test_object_that_macie_may_not_decrypt_stops_the_run(laboratory: Laboratory) -> None:
    own = laboratory.client("kms").create_key()["KeyMetadata"]["Arn"]
    run = classify(laboratory, "undecryptable", CLEAN, own)
    assert run.status == "FAILED"
    assert "Macie could not read every object. Read the log group /aws/macie/classificationjobs." in run.cause


def test_role_without_the_right_to_start_jobs_fails_with_the_denial(laboratory: Laboratory) -> None:
    rights = machine_rights(laboratory.plan)
    role = laboratory.plan.names.machine_role
    laboratory.grant(role, [statement for statement in rights if statement["Sid"] != "Classify"])
    run = classify(laboratory, "without-right", CLEAN)
    laboratory.grant(role, rights)
    assert run.status == "FAILED"
    assert "is not authorized to perform: macie2:CreateClassificationJob" in run.cause


def test_run_stops_where_macie_is_paused_or_not_enabled(laboratory: Laboratory) -> None:
    macie = laboratory.client("macie2")
    macie.update_macie_session(status="PAUSED")
    assert "Macie is paused in this account and region." in classify(laboratory, "paused", CLEAN).cause
    macie.disable_macie()
    run = classify(laboratory, "disabled", CLEAN)
    assert run.status == "FAILED"
    assert run.cause.startswith("Step macie stopped. ")
    assert "Macie is not enabled" in run.cause
    assert "deploy the stack security" in run.cause
    macie.enable_macie()
    assert not laboratory.locked()
