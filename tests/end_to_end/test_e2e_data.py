"""An environment's data on the emulated organisation: objects arrive, teams are kept apart, nothing drifts."""

import json
import os
import shutil
import subprocess
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.rehearsed_aws import RehearsedAws
from rehearsal.cloud import Cloud, Credentials, send_through
from runbooks import existing_objects, rpo
from tests.end_to_end.zone import Zone
from tests.waiting import until

pytestmark = [pytest.mark.whole_zone, pytest.mark.xdist_group("data"), pytest.mark.timeout(900)]
EAST, WEST = "us-east-1", "us-west-2"
STACKS = (*("organization", "audit", "baseline-management", "baseline-ml-prod", "baseline-backup", "data-prod"),)
PATIENTS = {"cardiology": "cardiology/cardiology_encounters", "oncology": "oncology/oncology_tumours"}
"""Team -> prefix of its data set with patients."""
PHI = "cardiology/cardiology_encounters/2026.parquet"
DVC = "dvc[s3]==3.67.1"


class Environment:
    """The deployed environment, and who acts in it."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        cloud = Cloud.attach(zone.root / ".rehearsal")
        assert cloud is not None
        self.cloud, self.endpoints = cloud, cloud.endpoints()
        self.outputs: dict[str, Any] = zone.rehearse("outputs", "data-prod", "--json").document
        self.account = str(self.outputs["account_id"])
        self.admin = self.aws.credentials(self.account)
        ec2 = self.endpoints.client("ec2", EAST, self.admin)
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        endpoint = ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{EAST}.s3")
        self.endpoint = str(endpoint["VpcEndpoint"]["VpcEndpointId"])

    @property
    def aws(self) -> RehearsedAws:
        return RehearsedAws(
            self.endpoints,
            management_account=self.cloud.management_account,
            access_role="OrganizationAccountAccessRole",
            region=EAST,
        )

    def bucket(self, purpose: str, region: str = EAST) -> str:
        return str(self.outputs["buckets"][purpose][region])

    def reads(self, region: str) -> dict[tuple[str, str], tuple[set[str], str]]:
        """Team and table -> the columns and rows it was granted, as Lake Formation tells."""
        lake = self.endpoints.client("lakeformation", region, self.admin)
        names = ("DatabaseName", "TableName", "Name")
        filters = {
            tuple(data_cells_filter[name] for name in names): data_cells_filter
            for data_cells_filter in lake.list_data_cells_filter()["DataCellsFilters"]
        }
        teams = {arn: team for team, arn in self.outputs["team_role_arns"].items()}
        granted: dict[tuple[str, str], tuple[set[str], str]] = {}
        for principal_resource_permission in lake.list_permissions()["PrincipalResourcePermissions"]:
            if "DataCellsFilter" in principal_resource_permission["Resource"]:
                cells = filters[
                    tuple(principal_resource_permission["Resource"]["DataCellsFilter"][name] for name in names)
                ]
                team = teams[principal_resource_permission["Principal"]["DataLakePrincipalIdentifier"]]
                rows = cells["RowFilter"].get("FilterExpression", "")
                granted[team, cells["TableName"]] = (set(cells["ColumnNames"]), rows)
        return granted

    def team(self, name: str) -> Credentials:
        """A session of a team's role, started from a role that carries the team's tag, as a person's sign-in does."""
        assume = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
        member = self.assume(self._role(f"member-{name}", [assume], team=name), name, self.admin)
        return self.assume(self.outputs["team_role_arns"][name], name, member)

    def job(self) -> Credentials:
        """A session of a role of jobs, which may read the secrets of the zone."""
        read = [
            {"Effect": "Allow", "Action": action, "Resource": "*"}
            for action in ("secretsmanager:GetSecretValue", "kms:Decrypt")
        ]
        return self.assume(self._role("hipaa-ml-ml-job", read), "job", self.admin)

    def assume(self, role: str, session: str, credentials: Credentials) -> Credentials:
        response = self.endpoints.client("sts", EAST, credentials).assume_role(RoleArn=role, RoleSessionName=session)
        issued = response["Credentials"]
        return Credentials.of(issued)

    def _role(self, name: str, statements: Sequence[Mapping[str, Any]], **tags: str) -> str:
        iam = self.endpoints.client("iam", EAST, self.admin)
        trust = {"Effect": "Allow", "Principal": {"AWS": self.account}, "Action": "sts:AssumeRole"}
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_role(
                RoleName=name,
                AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
                Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
            )
            iam.put_role_policy(
                RoleName=name,
                PolicyName="rights",
                PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
            )
        return f"arn:aws:iam::{self.account}:role/{name}"

    def s3(self, team: str, region: str = EAST, *, inside: bool = True) -> Any:
        client = self.endpoints.client("s3", region, self.team(team))
        return self.inside(client) if inside else client

    def inside(self, client: Any) -> Any:
        """The client, whose requests come through a VPC endpoint from now on."""
        return send_through(client, self.endpoint)


def head(client: Any, bucket: str, key: str) -> dict[str, Any]:
    try:
        return dict(client.head_object(Bucket=bucket, Key=key))
    except ClientError:
        return {}


@pytest.fixture(scope="module")
def prod(make_zone: Callable[[], Zone]) -> Environment:
    zone = make_zone()
    zone.shrink(("log-archive", "backup", "ml-prod"))
    done = zone.rehearse("up", *STACKS, timeout=600)
    assert done.code == 0, done.err
    return Environment(zone)


@pytest.fixture(autouse=True)
def _no_lag(prod: Environment) -> Iterator[None]:
    yield
    prod.cloud.start_region(WEST)
    prod.cloud.set_replication_lag(0)


def test_patient_data_is_replicated_under_the_key_of_the_region(prod: Environment) -> None:
    east, west = prod.s3("cardiology"), prod.s3("cardiology", WEST)
    east.put_object(Bucket=prod.bucket("raw-phi"), Key=PHI, Body=b"patients")
    copy = until(lambda: head(west, prod.bucket("raw-phi", WEST), PHI), "the object arrives")
    assert copy["ReplicationStatus"] == "REPLICA"
    assert copy["SSEKMSKeyId"] == prod.outputs["key_arns"]["phi"][WEST]
    assert west.get_object(Bucket=prod.bucket("raw-phi", WEST), Key=PHI)["Body"].read() == b"patients"
    assert head(east, prod.bucket("raw-phi"), PHI)["ReplicationStatus"] == "COMPLETED"


@pytest.mark.parametrize(("owner", "stranger"), [("cardiology", "oncology"), ("oncology", "cardiology")])
def test_two_clinical_teams_are_refused_each_others_patients(prod: Environment, owner: str, stranger: str) -> None:
    bucket, copies = prod.bucket("raw-phi"), prod.bucket("raw-phi", WEST)
    key = f"{PATIENTS[owner]}/isolated.parquet"
    prod.s3(owner).put_object(Bucket=bucket, Key=key, Body=b"patients")
    until(lambda: head(prod.s3(owner, WEST), copies, key), "the object arrives")
    stranger_client, elsewhere = prod.s3(stranger), prod.s3(stranger, WEST)
    for refused in (
        lambda: stranger_client.get_object(Bucket=bucket, Key=key),
        lambda: stranger_client.put_object(Bucket=bucket, Key=key, Body=b""),
        lambda: stranger_client.delete_object(Bucket=bucket, Key=key),
        lambda: elsewhere.get_object(Bucket=copies, Key=key),
        lambda: prod.s3(stranger, inside=False).put_object(Bucket=bucket, Key=f"{PATIENTS[stranger]}/x", Body=b""),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            refused()
    assert prod.s3(owner).get_object(Bucket=bucket, Key=key)["Body"].read() == b"patients"


def test_column_and_row_grants_match_the_declared_table(prod: Environment) -> None:
    """Oncology may see of cardiology's patients two columns, of those who agreed; and cardiology nothing of theirs."""
    for region in (EAST, WEST):
        reads = prod.reads(region)
        assert reads["oncology", "cardiology_encounters"] == (
            {"ejection_fraction", "readmitted"},
            "consent = 'yes'",
        )
        assert ("cardiology", "oncology_tumours") not in reads
        assert "mrn" in reads["cardiology", "cardiology_encounters"][0]
        assert len(reads) == 6


def test_audit_finds_a_grant_to_everybody(prod: Environment) -> None:
    def differing() -> list[str]:
        result = prod.zone.rehearse("audit", "--json", timeout=1200)
        assert result.code in (0, 1), result.err
        observations = [
            observation for observation in result.document["observations"] if observation["area"].startswith("data ")
        ]
        assert len(observations) > 100
        return [
            f"{observation['area']}: {observation['found']}" for observation in observations if not observation["ok"]
        ]

    assert differing() == []
    lake = prod.endpoints.client("lakeformation", EAST, prod.admin)
    everybody: dict[str, Any] = {
        "Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        "Resource": {"Database": {"Name": prod.outputs["databases"]["cardiology"]}},
        "Permissions": ["ALL"],
    }
    lake.grant_permissions(**everybody)
    try:
        assert differing() == ["data grants: ALL"]
    finally:
        lake.revoke_permissions(**everybody)


def test_secret_has_a_generated_value_and_an_equal_replica(prod: Environment) -> None:
    [arn] = prod.outputs["secret_arns"].values()
    east = prod.endpoints.client("secretsmanager", EAST, prod.admin)
    with pytest.raises(ClientError, match="explicit deny in a resource-based policy"):
        east.get_secret_value(SecretId=arn)
    job = prod.job()
    outside = prod.endpoints.client("secretsmanager", EAST, job)
    with pytest.raises(ClientError, match=r"explicit deny in a service control policy .*P2Calls"):
        outside.get_secret_value(SecretId=arn)
    value = prod.inside(outside).get_secret_value(SecretId=arn)["SecretString"]
    west = prod.inside(prod.endpoints.client("secretsmanager", WEST, job))
    assert west.get_secret_value(SecretId=arn.replace(EAST, WEST))["SecretString"] == value
    state = prod.zone.rehearse("export", "data-prod")
    assert state.code == 0
    assert value not in state.out


def test_an_outage_leaves_a_backlog_whose_recovery_point_cloudwatch_tells(prod: Environment) -> None:
    prod.cloud.set_replication_lag(3600)
    for number in range(10):
        prod.s3("cardiology").put_object(Bucket=prod.bucket("artifacts"), Key=f"cardiology/{number}", Body=b"model")
    cloudwatch = prod.endpoints.client("cloudwatch", WEST, prod.admin)

    def point() -> rpo.RecoveryPoint:
        now = datetime.now(UTC)
        return rpo.recovery_point(rpo.lags(cloudwatch, now), [prod.bucket("artifacts")], now)

    until(lambda: point().operations == 10, "the backlog is told")
    assert point().seconds > 0
    prod.cloud.stop_region(WEST)
    prod.cloud.set_replication_lag(0)
    time.sleep(0.3)
    assert prod.cloud.replication().backlog == 10
    prod.cloud.start_region(WEST)
    until(lambda: prod.cloud.replication().backlog == 0, "the backlog drains")
    west = prod.s3("cardiology", WEST)
    assert all(head(west, prod.bucket("artifacts", WEST), f"cardiology/{number}") for number in range(10))


def test_runbook_copies_existing_objects_exactly_once(prod: Environment) -> None:
    bucket = prod.bucket("features")
    admin = prod.endpoints.client("s3", EAST, prod.admin)
    configuration = admin.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    admin.delete_bucket_replication(Bucket=bucket)
    for number in range(5):
        prod.s3("cardiology").put_object(Bucket=bucket, Key=f"cardiology/old/{number}", Body=b"f")
    admin.put_bucket_replication(Bucket=bucket, ReplicationConfiguration=configuration)
    s3control = prod.endpoints.client("s3control", EAST, prod.admin)
    role = prod.outputs["batch_replication_role_arn"]
    for token, count in (("first", 5), ("again", 0)):
        job = existing_objects.start(s3control, account=prod.account, bucket=bucket, role_arn=role, token=token)
        done = existing_objects.wait(s3control, account=prod.account, job_id=job, patience=60, pause=0.1)
        assert (done.status, done.total, done.succeeded) == ("Complete", count, count)


def test_a_trace_tells_key_replica_and_readers(prod: Environment) -> None:
    prod.s3("cardiology").put_object(Bucket=prod.bucket("raw-phi"), Key=PHI, Body=b"patients")
    until(lambda: head(prod.s3("cardiology", WEST), prod.bucket("raw-phi", WEST), PHI), "the object arrives")
    result = prod.zone.rehearse("trace", f"s3://{prod.bucket('raw-phi')}/{PHI}")
    assert result.code == 0, result.err
    assert "alias/hipaa-ml-phi" in result.out
    assert f"replica in  {WEST}" in result.out
    readers = result.out.partition("Who reads it")[2]
    assert "hipaa-ml-data-team-cardiology" in readers
    assert "hipaa-ml-data-team-oncology" not in readers
    assert "hipaa-ml-deploy" not in readers


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("s3://nowhere/key", "no account of the organisation has a bucket 'nowhere'"),
        ("raw-phi/key", "'raw-phi/key' is not s3://BUCKET/KEY"),
        ("s3://{bucket}/absent", "the bucket has no such object"),
    ],
)
def test_a_trace_of_nothing_says_what_there_is(prod: Environment, uri: str, message: str) -> None:
    result = prod.zone.rehearse("trace", uri.format(bucket=prod.bucket("raw-phi")))
    assert result.code == 2
    assert message in result.err
    assert "Traceback" not in result.err


def test_nothing_drifts_and_nothing_changes_a_second_time(prod: Environment) -> None:
    assert "no changes" in prod.zone.rehearse("refresh", "data-prod").out
    counts = prod.zone.rehearse("up", "data-prod", "--json").stack("data-prod")["operations"]
    assert {name for name, count in counts.items() if count} == {"same"}


def test_refresh_preview_shows_drift_and_keeps_the_state(prod: Environment) -> None:
    state = prod.zone.root / ".rehearsal" / "stacks" / "organization.json"
    before = state.read_bytes()
    organizations = prod.endpoints.client("organizations", EAST)
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    guardrail = next(policy["Id"] for policy in policies if policy["Name"] != "FullAWSAccess")
    target = organizations.list_targets_for_policy(PolicyId=guardrail)["Targets"][0]["TargetId"]
    organizations.detach_policy(PolicyId=guardrail, TargetId=target)
    try:
        done = prod.zone.rehearse("refresh", "organization", "--preview-only", "--json")
    finally:
        organizations.attach_policy(PolicyId=guardrail, TargetId=target)
    assert done.code == 0, done.err
    assert done.stack("organization")["operations"]["delete"] == 1
    assert state.read_bytes() == before


def test_a_throttled_kms_is_tried_again_and_said(prod: Environment) -> None:
    prod.cloud.inject("kms:GetKeyPolicy", error="ThrottlingException", status=400, times=2)
    done = prod.zone.rehearse("refresh", "data-prod")
    assert done.code == 0, done.err
    assert "ThrottlingException" in done.out + done.err


@pytest.fixture(scope="module")
def dvc(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """DVC in an environment of its own: it holds boto3 back."""
    folder = os.environ.get("DVC_ENVIRONMENT")
    if folder:
        return Path(folder) / "bin" / "dvc"
    home = tmp_path_factory.mktemp("dvc")
    venv.create(home, with_pip=True)
    words = [home / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", DVC]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"dvc[s3] cannot be installed here: {done.stderr.strip().splitlines()[-1]}")
    return home / "bin" / "dvc"


def test_dvc_version_is_pushed_and_pulled_at_a_commit(prod: Environment, dvc: Path, tmp_path: Path) -> None:
    first_clone, second_clone = tmp_path / "here", tmp_path / "other"
    first_clone.mkdir()
    team = prod.team("cardiology")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        "AWS_ACCESS_KEY_ID": team.access_key,
        "AWS_SECRET_ACCESS_KEY": team.secret_key,
        "AWS_SESSION_TOKEN": team.token or "",
        "AWS_DEFAULT_REGION": EAST,
        # The laptop comes through the VPN and this endpoint: in the rehearsal it says so here.
        "AWS_SDK_UA_APP_ID": prod.endpoint,
        "DVC_NO_ANALYTICS": "1",
        "HOME": str(tmp_path),
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@hospital.example",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@hospital.example",
    }

    def run(*words: str, cwd: Path = first_clone) -> str:
        done = subprocess.run(
            [str(dvc) if words[0] == "dvc" else str(shutil.which(words[0])), *words[1:]],
            cwd=cwd,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{words}: {done.stderr}"
        return done.stdout.strip()

    url = prod.endpoints.url("s3", EAST)
    run("git", "init", "--quiet")
    run("dvc", "init", "--quiet")
    run("dvc", "remote", "add", "--default", "zone", f"s3://{prod.bucket('dvc')}/cardiology")
    run("dvc", "remote", "modify", "zone", "endpointurl", url)
    commits: list[str] = []
    for content in ("first\n", "second\n"):
        (first_clone / "cohort.csv").write_text(content)
        run("dvc", "add", "--quiet", "cohort.csv")
        run("git", "add", ".")
        run("git", "commit", "--quiet", "-m", content.strip())
        run("dvc", "push", "--quiet")
        commits.append(run("git", "rev-parse", "HEAD"))
    run("git", "clone", "--quiet", str(first_clone), str(second_clone), cwd=tmp_path)
    for commit, content in zip(commits, ("first\n", "second\n"), strict=True):
        run("git", "checkout", "--quiet", commit, cwd=second_clone)
        run("dvc", "pull", "--quiet", cwd=second_clone)
        assert (second_clone / "cohort.csv").read_text() == content
