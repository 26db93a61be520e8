"""Approvals of operations: who can give them, and which do not count."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from components import recovery as r
from rehearsal.cloud import Cloud, Credentials, Endpoints
from runbooks.approval import MOST_MINUTES, give, verified
from runbooks.aws import Aws
from runbooks.documents import RecoveryDocument
from runbooks.errors import RefusedError
from tests.recorder import ACCOUNT, record
from tests.runbooks.test_runbooks_plan import ZONE as OTHER_ZONE

EAST, WEST = "us-east-1", "us-west-2"
NAMES = r.RecoveryNames(prefix="hipaa-ml", environment="prod")
PERSON = "recovery-approver"
USER = f"arn:aws:iam::{ACCOUNT}:user/{PERSON}"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{NAMES.approver_role}"
OPERATOR = f"arn:aws:sts::{ACCOUNT}:assumed-role/{NAMES.role}/operator"
ZONE: RecoveryDocument = replace(OTHER_ZONE, writer_parameter=NAMES.writer, approver_role=ROLE)
NOW = datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class SessionOf:
    """A boto3 session of one principal of the emulated AWS."""

    endpoints: Endpoints
    credentials: Credentials | None

    def client(self, service: str, *, region_name: str, config: Any) -> Any:
        del config
        return self.endpoints.client(service, region_name, self.credentials)


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account of the emulated AWS with the approvers' role of the component, and one approver."""

    endpoints: Endpoints
    user: Credentials

    def aws(self, credentials: Credentials | None = None) -> Aws:
        return Aws(session=SessionOf(endpoints=self.endpoints, credentials=credentials), on_message=lambda _: None)

    def session(self, name: str = PERSON, **more: str) -> Credentials:
        """A session of the approvers' role; MFA and source identity as they should be, unless `more` differs."""
        parameters = {
            "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/{PERSON}",
            "TokenCode": "000000",
            "SourceIdentity": PERSON,
            **more,
        }
        sts = self.endpoints.client("sts", WEST, self.user)
        given = {key: value for key, value in parameters.items() if value}
        return Credentials.of(sts.assume_role(RoleArn=ROLE, RoleSessionName=name, **given)["Credentials"])

    def approve(self, kind: Any = "failover", minutes: int = 60, name: str = PERSON, now: datetime = NOW) -> str:
        who = f"arn:aws:sts::{ACCOUNT}:assumed-role/{NAMES.approver_role}/{name}"
        give(self.aws(self.session(name)), ZONE, kind, minutes=minutes, who=who, now=now)
        return who

    def verified_as(self, runner: str = OPERATOR, *, since: datetime | None = None, now: datetime = NOW) -> str:
        return verified(self.aws(), ZONE, "failover", runner=runner, since=since, now=now).by


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    started = Cloud.start(tmp_path_factory.mktemp("approvals"), management_account=ACCOUNT)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def account(cloud: Cloud) -> Account:
    arguments = r.RecoveryApproverRoleArgs(
        names=NAMES,
        account_id=ACCOUNT,
        recovery_region=WEST,
        boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        principals=[USER],
    )
    recording = record(lambda: r.RecoveryApproverRole("approval", arguments))
    [role], [rights] = recording.of("iam/role:Role"), recording.of("iam/rolePolicy:RolePolicy")
    endpoints = cloud.endpoints()
    iam = endpoints.client("iam", EAST)
    iam.create_role(RoleName=role.inputs["name"], AssumeRolePolicyDocument=role.inputs["assumeRolePolicy"])
    iam.put_role_policy(RoleName=role.inputs["name"], PolicyName="rights", PolicyDocument=rights.inputs["policy"])
    iam.create_user(UserName=PERSON)
    assume = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:SetSourceIdentity"], "Resource": ROLE}
    document = json.dumps({"Version": "2012-10-17", "Statement": [assume]})
    iam.put_user_policy(UserName=PERSON, PolicyName="assume", PolicyDocument=document)
    key = iam.create_access_key(UserName=PERSON)["AccessKey"]
    return Account(endpoints=endpoints, user=Credentials.of(key))


@pytest.fixture(autouse=True)
def without_approvals(account: Account) -> Iterator[None]:
    yield
    ssm = account.endpoints.client("ssm", WEST)
    for parameter in ssm.get_parameters_by_path(Path=NAMES.root, Recursive=True)["Parameters"]:
        ssm.delete_parameter(Name=parameter["Name"])


def put(account: Account, value: str, name: str = PERSON, credentials: Credentials | None = None) -> None:
    account.endpoints.client("ssm", WEST, credentials).put_parameter(
        Name=f"{NAMES.root}/approvals/failover/{name}", Value=value, Type="String", Overwrite=True
    )


def test_approval_of_another_person_counts(account: Account) -> None:
    assert account.approve() == account.verified_as()


def test_approval_counts_for_its_operation_only(account: Account) -> None:
    account.approve("failback")
    with pytest.raises(RefusedError, match="The failover of prod needs the approval of another person") as refused:
        account.verified_as()
    assert f"A member of {ROLE} gives it with `approve --env prod --operation failover --execute`" in str(refused.value)


def test_own_approval_does_not_count(account: Account) -> None:
    account.approve()
    runner = f"arn:aws:sts::{ACCOUNT}:assumed-role/{NAMES.role}/{PERSON}"
    with pytest.raises(RefusedError, match=f"given by {PERSON}, who also runs the operation"):
        account.verified_as(runner)


def test_approval_of_another_principal_does_not_count(account: Account) -> None:
    put(account, json.dumps({"region": WEST, "expires": (NOW + timedelta(hours=1)).isoformat()}))
    with pytest.raises(RefusedError, match=r"written by arn:aws:iam::\d+:user/moto; allowed: sessions of the appr"):
        account.verified_as()


def test_approval_of_a_session_of_another_role_does_not_count(account: Account) -> None:
    iam = account.endpoints.client("iam", EAST)
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="administrator", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.attach_role_policy(RoleName="administrator", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assumed = account.endpoints.client("sts", WEST).assume_role(RoleArn=role, RoleSessionName=PERSON)
    value = json.dumps({"region": WEST, "expires": (NOW + timedelta(hours=1)).isoformat()})
    put(account, value, credentials=Credentials.of(assumed["Credentials"]))
    with pytest.raises(RefusedError, match=f"written by .*assumed-role/administrator/{PERSON}; allowed: sessions of"):
        account.verified_as()


def test_valid_approval_counts_beside_invalid_ones(account: Account) -> None:
    put(account, "{}", name="another")
    assert account.approve() == account.verified_as()


def test_approval_that_is_overwritten_by_another_principal_does_not_count(account: Account) -> None:
    account.approve()
    put(account, json.dumps({"region": WEST, "expires": (NOW + timedelta(hours=1)).isoformat()}))
    with pytest.raises(RefusedError, match="written by"):
        account.verified_as()


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("yes", "not an approval"),
        ("[]", "not an approval"),
        (json.dumps({"region": WEST, "expires": "soon"}), "not an approval"),
        (json.dumps({"region": WEST, "expires": "2026-01-01T00:00:00"}), "not an approval"),
        (json.dumps({"region": EAST, "expires": "2999-01-01T00:00:00+00:00"}), "for us-east-1; this operation serves"),
        (json.dumps({"region": WEST, "expires": "2020-01-01T00:00:00+00:00"}), "expired at 2020-01-01T00:00:00"),
    ],
)
def test_other_content_does_not_count(account: Account, value: str, message: str) -> None:
    put(account, value, credentials=account.session())
    with pytest.raises(RefusedError, match=message):
        account.verified_as()


def test_approval_is_valid_for_a_day_at_most(account: Account) -> None:
    value = json.dumps({"region": WEST, "expires": "2999-01-01T00:00:00+00:00"})
    put(account, value, credentials=account.session())
    assert account.verified_as(now=datetime.now(UTC) + timedelta(minutes=MOST_MINUTES - 1))
    with pytest.raises(RefusedError, match="expired"):
        account.verified_as(now=datetime.now(UTC) + timedelta(minutes=MOST_MINUTES + 1))


def test_approval_counts_once(account: Account) -> None:
    account.approve()
    assert account.verified_as(since=datetime.now(UTC) - timedelta(hours=1))
    with pytest.raises(RefusedError, match="given before the last failover, which it was for"):
        account.verified_as(since=datetime.now(UTC) + timedelta(seconds=2))


def test_person_approves_under_the_own_name_only(account: Account) -> None:
    with pytest.raises(RefusedError, match="may not approve as somebody"):
        account.approve(name="somebody")
    with pytest.raises(ClientError, match="AccessDenied"):
        put(account, "{}", name="somebody", credentials=account.session())


@pytest.mark.parametrize("more", [{"SourceIdentity": ""}, {"SourceIdentity": "somebody"}, {"TokenCode": ""}])
def test_session_needs_mfa_and_the_own_source_identity(account: Account, more: dict[str, str]) -> None:
    more = {**more, "SerialNumber": ""} if "TokenCode" in more else more
    with pytest.raises(ClientError, match="AccessDenied"):
        account.session(**more)


def test_another_role_does_not_approve(account: Account) -> None:
    with pytest.raises(RefusedError, match=f"{OPERATOR} is no session of {ROLE}"):
        give(account.aws(), ZONE, "failover", minutes=5, who=OPERATOR, now=NOW)


def test_environment_without_approvers_says_how_to_name_them(account: Account) -> None:
    zone = replace(ZONE, approver_role="")
    for attempt in (
        lambda: give(account.aws(), zone, "failover", minutes=5, who=OPERATOR, now=NOW),
        lambda: verified(account.aws(), zone, "failover", runner=OPERATOR, since=None, now=NOW),
    ):
        with pytest.raises(RefusedError, match=r"prod has no approvers: set ml\.recovery\.approvers in Pulumi\.yaml"):
            attempt()


def test_role_without_people_is_refused() -> None:
    with pytest.raises(ValueError, match=r"RecoveryApproverRoleArgs\.principals: \[\]"):
        r.RecoveryApproverRoleArgs(
            names=NAMES, account_id=ACCOUNT, recovery_region=WEST, boundary_arn="b", principals=[]
        )
