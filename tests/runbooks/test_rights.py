"""Declared permissions: each step requests nothing beyond them, and nothing is declared without a request or reason."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from runbooks import operate, role
from runbooks.aws import Aws
from runbooks.documents import RecoveryDocument
from runbooks.permissions import context_entries, principal_arn, verify
from runbooks.readiness import readiness
from runbooks.rights import Right
from runbooks.runner import StepProgress
from runbooks.snapshot import read_situation
from runbooks.steps import STEPS
from tests.runbooks.operations import operation_request
from tests.runbooks.recovery_environment import ENVIRONMENT, PREFIX, RECOVERY, RecoveryEnvironment
from tests.runbooks.simulated_iam import SESSION, SimulatedIam, simulate

ROLE = "arn:aws:iam::111122223333:role/hipaa-ml-service-recovery-prod"
ACTIONS: Mapping[tuple[str, str], frozenset[str]] = {
    ("s3", "HeadObject"): frozenset({"s3:GetObject", "s3:GetObjectVersion"}),
    ("s3", "ListObjectVersions"): frozenset({"s3:ListBucketVersions"}),
    ("sagemaker-runtime", "InvokeEndpoint"): frozenset({"sagemaker:InvokeEndpoint"}),
    ("sts", "GetCallerIdentity"): frozenset(),
}
"""Service and operation -> the IAM actions of which one permits it, where the names differ."""


def permitting(service: str, operation: str) -> frozenset[str]:
    return ACTIONS.get((service, operation), frozenset({f"{service}:{operation}"}))


def requests_by_step(environment: RecoveryEnvironment) -> Mapping[str, set[frozenset[str]]]:
    """Kind of a step -> the actions of its requests, over a failover and a failback."""
    by_step: dict[str, set[frozenset[str]]] = defaultdict(set)
    for kind in ("failover", "failback"):
        environment.heartbeat()
        aws = environment.aws()
        situation = read_situation(aws, prefix=PREFIX, environment=ENVIRONMENT, region=RECOVERY)
        order = operation_request(kind, parallel=1, accept_conflicts=True)
        start = 0

        def tell(progress: StepProgress, aws: Aws = aws) -> None:
            nonlocal start
            if progress.phase == "done":
                requests = {permitting(call.service, call.operation) for call in aws.requests[start:]}
                by_step[progress.step.kind] |= requests
            start = len(aws.requests)

        operate.carry_out(
            situation, order, operate.plan_operation(situation, order), on_progress=tell, on_message=lambda _: None
        )
    return by_step


def test_steps_request_only_declared_actions_and_declarations_are_used(
    make_environment: Callable[..., RecoveryEnvironment],
) -> None:
    by_step = requests_by_step(make_environment(readmission="warm"))
    assert set(by_step) == {step.kind for step in STEPS}
    for step in STEPS:
        declared = {action for right in (*role.OPERATION, *step.rights) for action in right.actions}
        undeclared = [actions for actions in by_step[step.kind] if actions and not actions & declared]
        assert not undeclared, step.kind
    requested = {action for requests in by_step.values() for actions in requests for action in actions}
    unused = {right.sid for right in role.all_rights() if not right.unrecorded and not requested & set(right.actions)}
    assert not unused


def documents(environment: RecoveryEnvironment) -> list[RecoveryDocument]:
    return list(environment.read_situation().zones.values())


def test_verification_asks_for_every_declared_action_and_resource(unchanged_environment: RecoveryEnvironment) -> None:
    iam = SimulatedIam()
    aws = unchanged_environment.aws()
    aws.client = lambda service, region: iam  # type: ignore[method-assign]
    verification = verify(aws, documents(unchanged_environment), role.all_rights(), SESSION)
    assert not verification.missing
    assert not verification.unverified
    requested_actions = {action for request in iam.requests for action in request["ActionNames"]}
    assert requested_actions == {action for right in role.all_rights() for action in right.actions}
    assert {request["PolicySourceArn"] for request in iam.requests} == {ROLE}
    texts = json.dumps([request["ResourceArns"] for request in iam.requests])
    assert not re.search(r"[{}]", texts)
    assert not re.search(r"\*[^\"]|[^\"]\*", texts)


@pytest.mark.parametrize(
    ("error", "refused"),
    [
        (EndpointConnectionError(endpoint_url="https://iam.amazonaws.com"), False),
        (ClientError({"Error": {"Code": "AccessDenied"}}, "SimulatePrincipalPolicy"), True),
    ],
)
def test_permissions_are_not_verified_when_iam_does_not_answer(
    unchanged_environment: RecoveryEnvironment, error: Exception, *, refused: bool
) -> None:
    aws = unchanged_environment.aws()
    iam = SimulatedIam(error=error)
    aws.client = lambda service, region: iam  # type: ignore[method-assign]
    verification = verify(aws, documents(unchanged_environment), role.all_rights(), SESSION)
    assert verification.unverified
    assert not verification.missing
    assert verification.refused is refused


def test_readiness_reports_missing_permissions_and_writes_nothing(
    unchanged_environment: RecoveryEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(monkeypatch, lambda action, _: action != "kms:UpdatePrimaryRegion")
    situation = unchanged_environment.read_situation()
    findings = [finding for finding in readiness(situation) if finding.check == "permissions"]
    assert findings
    assert all(not finding.ok for finding in findings)
    assert all(finding.found.startswith("missing: kms:UpdatePrimaryRegion on ") for finding in findings)
    writing = ("Put", "Create", "Update", "Delete", "Publish", "Register", "Invoke")
    assert not [call for call in situation.aws.requests if call.operation.startswith(writing)]


def test_principal_of_a_session_is_its_role() -> None:
    assert principal_arn(SESSION) == ROLE
    assert principal_arn("arn:aws:iam::111122223333:user/somebody") == "arn:aws:iam::111122223333:user/somebody"
    assert principal_arn("arn:aws:iam::111122223333:root") is None


def test_lost_iam_region_is_not_asked() -> None:
    class NoRequests:
        def client(self, service: str, region: str) -> object:
            raise AssertionError(f"{service} in {region} was asked")

    result = verify(NoRequests(), [], role.all_rights(), SESSION, {"us-east-1"})  # pyright: ignore[reportArgumentType] - stands in for the clients
    assert "us-east-1" in result.unverified
    assert not result.refused


def test_context_names_the_region_that_boundaries_compare() -> None:
    right = Right(sid="Any", actions=["s3:GetObject"], resources=["*"])
    values = {"recovery": ["us-west-2"]}
    [entry] = context_entries(right, values)
    assert (entry["ContextKeyName"], entry["ContextKeyValues"]) == ("aws:RequestedRegion", ["us-west-2"])
    conditional = Right(
        sid="Any",
        actions=["s3:GetObject"],
        resources=["*"],
        conditions={"StringEquals": {"aws:RequestedRegion": ["{recovery}"]}},
    )
    assert len(context_entries(conditional, values)) == 1
