"""Components of the data: resources, access by the generated policies, and refused arguments."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from authorization import Policies, Policy, Principal, Request, evaluate
from components.keys import KeyArgs
from components.storage import (
    CrossRegionReplicationArgs,
    ReplicationLagArgs,
    ReplicationRole,
    ReplicationRoleArgs,
    SecureBucket,
    SecureBucketArgs,
)
from tests.recorder import ACCOUNT, ORGANIZATION, Recording, record
from tests.stacks.zone import data_stack

EAST, WEST = "us-east-1", "us-west-2"
PATIENTS = ("cardiology/cardiology_encounters", "oncology/oncology_tumours")


@cache
def prod() -> Recording:
    return data_stack("data-prod")


def account() -> str:
    return str(prod().outputs["account_id"])


def role(team: str) -> Principal:
    return Principal.of(f"arn:aws:iam::{account()}:role/hipaa-ml-data-team-{team}")


def bucket(purpose: str, region: str = EAST) -> str:
    return f"hipaa-ml-{purpose}-{account()}-{region}"


def context(team: str, **more: Sequence[str]) -> Mapping[str, Sequence[str]]:
    return {
        "aws:PrincipalOrgID": [ORGANIZATION],
        "aws:VpceOrgID": [ORGANIZATION],
        "aws:SecureTransport": ["true"],
        "aws:ViaAWSService": ["false"],
        "s3:TlsVersion": ["1.3"],
        "aws:PrincipalTag/team": [team],
        **{key.replace("__", ":"): value for key, value in more.items()},
    }


def bucket_policy(purpose: str, region: str = EAST) -> Policy:
    return Policy.parse("bucket", prod().by_name[f"buckets-{region}-{purpose}-policy"].document("policy"))


def key_policy(domain: str, region: str = EAST) -> Policy:
    return Policy.parse("key", prod().by_name[f"keys-{region}-{domain}-key"].document("policy"))


def rights(team: str) -> Policy:
    documents = [
        resource.document("policy")
        for resource in prod().of("iam/policy:Policy")
        if resource.name.startswith(f"teams-{team}-rights-")
    ]
    statements = [statement for content in documents for statement in content["Statement"]]
    return Policy.parse("rights", {"Statement": statements})


def may(team: str, action: str, purpose: str, key: str, **more: Sequence[str]) -> bool:
    """By the bucket's policy and the team's own together."""
    request = Request(
        principal=role(team),
        action=action,
        resource=f"arn:aws:s3:::{bucket(purpose)}/{key}",
        resource_account=account(),
        context=context(team, **more),
    )
    return evaluate(request, Policies(identity=[rights(team)], resource=bucket_policy(purpose))).allowed


def may_use(principal: str, action: str, domain: str, region: str = EAST, service: str = "s3") -> bool:
    """By the key's policy, for somebody whose own policies allow everything."""
    everything = {"Statement": [{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}]}
    request = Request(
        principal=Principal.of(f"arn:aws:iam::{account()}:role/{principal}"),
        action=action,
        resource=f"arn:aws:kms:{region}:{account()}:key/mrk-1",
        resource_account=account(),
        context={"kms:CallerAccount": [account()], "kms:ViaService": [f"{service}.{region}.amazonaws.com"]},
    )
    own = Policy.parse("own", everything)
    return evaluate(request, Policies(identity=[own], resource=key_policy(domain, region))).allowed


class TestDecryptionRights:
    @pytest.mark.parametrize(
        ("principal", "domain", "expected"),
        [
            ("hipaa-ml-data-team-cardiology", "phi", True),
            ("hipaa-ml-service-replication", "phi", True),
            ("hipaa-ml-service-lake-formation", "phi", True),
            ("hipaa-ml-backup", "phi", True),
            ("hipaa-ml-ml-training", "phi", False),
            ("hipaa-ml-ml-training", "features", True),
            ("hipaa-ml-ml-training", "artifacts", True),
            ("hipaa-ml-deploy", "phi", False),
            ("hipaa-ml-deploy", "artifacts", False),
            ("OrganizationAccountAccessRole", "phi", False),
            ("hipaa-ml-break-glass", "phi", False),
            ("somebody", "phi", False),
            ("somebody", "secrets", False),
        ],
    )
    @pytest.mark.parametrize("region", [EAST, WEST])
    def test_key_and_replica_policies_allow_expected_principals(
        self, principal: str, domain: str, region: str, expected: bool
    ) -> None:
        assert may_use(principal, "kms:Decrypt", domain, region) is expected

    @pytest.mark.parametrize("domain", ["artifacts", "features", "phi"])
    @pytest.mark.parametrize("region", [EAST, WEST])
    def test_only_the_replication_role_encrypts_replicas(self, domain: str, region: str) -> None:
        assert may_use("hipaa-ml-service-replication", "kms:Encrypt", domain, region)
        assert not may_use("hipaa-ml-service-replication", "kms:Encrypt", domain, region, service="sagemaker")
        for other in ("hipaa-ml-data-team-cardiology", "hipaa-ml-service-lake-formation", "hipaa-ml-ml-training"):
            assert not may_use(other, "kms:Encrypt", domain, region)

    def test_key_is_used_through_its_service_only(self) -> None:
        assert not may_use("hipaa-ml-data-team-cardiology", "kms:Decrypt", "phi", service="ec2")

    @pytest.mark.parametrize("domain", ["artifacts", "features", "logs", "phi", "secrets"])
    def test_key_administration_and_use_are_separate(self, domain: str) -> None:
        assert may_use("hipaa-ml-deploy", "kms:PutKeyPolicy", domain)
        assert not may_use("hipaa-ml-deploy", "kms:CreateGrant", domain)
        for user in ("hipaa-ml-data-team-cardiology", "hipaa-ml-ml-training", "somebody"):
            assert not may_use(user, "kms:PutKeyPolicy", domain)
            assert not may_use(user, "kms:ScheduleKeyDeletion", domain)

    def test_keys_rotate_and_are_protected(self) -> None:
        keys = [*prod().of("kms/key:Key"), *prod().of("kms/replicaKey:ReplicaKey")]
        assert len(keys) == 10
        for key in keys:
            assert key.inputs["deletionWindowInDays"] == 30
            assert key.protect
            assert key.retained
        assert all(key.inputs["enableKeyRotation"] and key.inputs["multiRegion"] for key in prod().of("kms/key:Key"))


class TestAccessRights:
    @pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
    def test_clinical_teams_cannot_access_each_others_patients(self, action: str) -> None:
        for team, foreign_index in (("cardiology", 0), ("oncology", 1)):
            assert may(team, action, "raw-phi", f"{PATIENTS[foreign_index]}/a.parquet")
            assert not may(team, action, "raw-phi", f"{PATIENTS[1 - foreign_index]}/a.parquet")

    def test_the_deployed_policies_agree_with_the_declared_table(self) -> None:
        table = {
            ("cardiology", "raw-phi", PATIENTS[0]): {"s3:GetObject", "s3:PutObject"},
            ("oncology", "raw-phi", PATIENTS[1]): {"s3:GetObject", "s3:PutObject"},
            ("cardiology", "deidentified", "cardiology/readmissions"): {"s3:GetObject", "s3:PutObject"},
            ("oncology", "deidentified", "oncology/responses"): {"s3:GetObject", "s3:PutObject"},
            ("oncology", "deidentified", "cardiology/readmissions"): {"s3:GetObject"},
        }
        for team in ("cardiology", "oncology"):
            for purpose, prefix in (
                *(("raw-phi", patient) for patient in PATIENTS),
                ("deidentified", "cardiology/readmissions"),
                ("deidentified", "oncology/responses"),
            ):
                allowed = {
                    action for action in ("s3:GetObject", "s3:PutObject") if may(team, action, purpose, f"{prefix}/f")
                }
                assert allowed == table.get((team, purpose, prefix), set()), (team, purpose, prefix)

    def test_writes_outside_declared_prefixes_are_denied(self) -> None:
        assert not may("cardiology", "s3:PutObject", "raw-phi", "elsewhere/a")

    @pytest.mark.parametrize("purpose", ["artifacts", "deidentified", "features", "results"])
    @pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject"])
    def test_studio_uses_the_prefix_of_its_team_only(self, purpose: str, action: str) -> None:
        """By the bucket's policy, for a role whose own policy allows all of S3: the names of its role are of a job."""

        def permitted(name: str, key: str) -> bool:
            request = Request(
                principal=Principal.of(f"arn:aws:iam::{account()}:role/{name}"),
                action=action,
                resource=f"arn:aws:s3:::{bucket(purpose)}/{key}",
                resource_account=account(),
                context=context("cardiology"),
            )
            everything = Policy.parse("own", {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]})
            return evaluate(request, Policies(identity=[everything], resource=bucket_policy(purpose))).allowed

        assert permitted("hipaa-ml-ml-studio-cardiology", "cardiology/x")
        assert not permitted("hipaa-ml-ml-studio-cardiology", "oncology/x")
        assert permitted("hipaa-ml-ml-train-readmission-prod", "oncology/x")

    def test_no_principal_deletes_versions(self) -> None:
        assert not may("cardiology", "s3:DeleteObjectVersion", "raw-phi", f"{PATIENTS[0]}/a")

    def test_team_cannot_delete_its_locked_artifacts(self) -> None:
        assert may("cardiology", "s3:PutObject", "artifacts", "cardiology/model")
        assert not may("cardiology", "s3:DeleteObject", "artifacts", "cardiology/model")

    @pytest.mark.parametrize(
        ("key", "value"),
        [
            ("aws__VpceOrgID", ["o-somebodyelse"]),
            ("aws__PrincipalOrgID", ["o-somebodyelse"]),
            ("aws__SecureTransport", ["false"]),
            ("s3__TlsVersion", ["1.1"]),
            ("aws__PrincipalTag/team", ["oncology"]),
        ],
    )
    def test_reads_with_wrong_request_context_are_denied(self, key: str, value: Sequence[str]) -> None:
        assert not may("cardiology", "s3:GetObject", "raw-phi", f"{PATIENTS[0]}/a", **{key: value})

    @pytest.mark.parametrize(
        ("header", "value", "expected"),
        [
            ("s3__x-amz-server-side-encryption", ["aws:kms"], True),
            ("s3__x-amz-server-side-encryption", ["AES256"], False),
            ("s3__x-amz-server-side-encryption-aws-kms-key-id", ["arn:aws:kms:us-east-1:1:key/other"], False),
            ("s3__x-amz-server-side-encryption-customer-algorithm", ["AES256"], False),
        ],
    )
    def test_uploads_must_use_the_right_key_or_the_default(
        self, header: str, value: Sequence[str], expected: bool
    ) -> None:
        assert may("cardiology", "s3:PutObject", "raw-phi", f"{PATIENTS[0]}/a", **{header: value}) is expected

    def test_filters_restrict_columns_and_rows(self) -> None:
        cells = prod().by_name[f"catalogue-{EAST}-oncology-cardiology_encounters-cells"].inputs["tableData"]
        assert cells["columnNames"] == ["ejection_fraction", "readmitted"]
        assert cells["rowFilter"]["filterExpression"] == "consent = 'yes'"
        grants = [resource.inputs for resource in prod().of("lakeformation/permissions:Permissions")]
        assert all(set(grant["permissions"]) <= {"SELECT", "DESCRIBE"} for grant in grants)
        assert all("team-" in grant["principal"] for grant in grants)

    def test_bucket_policy_fits_quota_with_many_teams(self) -> None:
        policies = [resource.inputs["policy"] for resource in prod().of("s3/bucketPolicy:BucketPolicy")]
        assert max(map(len, policies)) < 20_480


class TestReplication:
    def args(self, **changes: Any) -> dict[str, Any]:
        arn = "arn:aws:s3:::b"
        logs = SecureBucketArgs(bucket="b", arn=arn, purpose="access-logs", retention_days=2192, glacier_after_days=90)
        source, destination = SecureBucket("here", logs), SecureBucket("there", logs)
        return {
            "role": ReplicationRole("role", ReplicationRoleArgs(role_name="r")),
            "source": source,
            "source_region": EAST,
            "destination": destination,
            "destination_region": WEST,
            "destination_key_arn": "k2",
            "alarm_topic_arn": "t",
            **changes,
        }

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"destination_region": EAST}, "'us-east-1' is the region of the source; name another one"),
            ({"destination_region": "eu-west-1"}, "'eu-west-1' is outside the residency group 'us'"),
        ],
    )
    def test_replication_within_region_or_outside_geography_is_refused(
        self, changes: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(ValueError, match=message):
            record(lambda: CrossRegionReplicationArgs(**self.args(**changes)))

    def test_replication_to_the_same_bucket_is_refused(self) -> None:
        def program() -> None:
            args = self.args()
            CrossRegionReplicationArgs(**{**args, "destination": args["source"]})

        with pytest.raises(ValueError, match="is the region of the source"):
            record(program)

    def test_lag_alarm_over_fifteen_minutes_is_refused(self) -> None:
        with pytest.raises(ValueError, match="1 to 15, not 16"):
            ReplicationLagArgs(source="a", destination="b", topic_arn="t", after_minutes=16)

    def test_every_bucket_except_access_logs_is_replicated_both_ways(self) -> None:
        rules = [
            resource.inputs["rules"][0] for resource in prod().of("bucketReplicationConfig:BucketReplicationConfig")
        ]
        assert len(rules) == 12
        for rule in rules:
            assert rule["deleteMarkerReplication"]["status"] == "Enabled"
            assert rule["sourceSelectionCriteria"]["replicaModifications"]["status"] == "Enabled"
            assert rule["destination"]["replicationTime"]["time"]["minutes"] == 15
            assert rule["destination"]["metrics"]["status"] == "Enabled"

    def test_lag_alarms_are_in_region_of_destination(self) -> None:
        late = [
            resource for resource in prod().of("cloudwatch/metricAlarm:MetricAlarm") if resource.name.endswith("-late")
        ]
        assert {alarm.provider for alarm in late if "to-us-west-2" in alarm.name} == {"ml-prod-us-west-2"}
        failed = [
            resource
            for resource in prod().of("cloudwatch/metricAlarm:MetricAlarm")
            if resource.name.endswith("-failed")
        ]
        assert {alarm.provider for alarm in failed if "to-us-west-2" in alarm.name} == {"ml-prod-us-east-1"}
        assert (len(late), len(failed)) == (12, 12)


def test_records_are_kept_six_years_and_others_may_expire_earlier() -> None:
    with pytest.raises(ValueError, match="is under six years"):
        SecureBucketArgs(
            bucket="b", arn="arn:aws:s3:::b", purpose="raw-phi", retention_days=365, key_arn="k", access_log_bucket="l"
        )
    assert SecureBucketArgs(
        bucket="b", arn="arn:aws:s3:::b", purpose="results", retention_days=30, key_arn="k", access_log_bucket="l"
    )


def test_key_without_users_is_refused() -> None:
    with pytest.raises(ValueError, match="uses is empty"):
        KeyArgs(alias="a", description="d", account_id=ACCOUNT, uses=())


def test_dev_has_no_raw_patient_data() -> None:
    dev = data_stack("data-dev")
    assert not [resource for resource in dev.resources if "raw-phi" in resource.name]
    assert "cardiology_encounters" not in str(
        [resource.inputs for resource in dev.of("glue/catalogTable:CatalogTable")]
    )


def test_secrets_are_protected_replicated_and_have_no_value() -> None:
    for resource in prod().of("secretsmanager/secret:Secret"):
        assert resource.protect
        assert [replica["region"] for replica in resource.inputs["replicas"]] == [WEST]
    assert not prod().of("secretVersion:SecretVersion")


def test_backups_are_copied_to_other_region_and_account() -> None:
    [plan] = prod().of("backup/plan:Plan")
    copies = [copy_action["destinationVaultArn"] for copy_action in plan.inputs["rules"][0]["copyActions"]]
    assert copies[0].split(":")[3:5] == [WEST, account()]
    assert copies[1].split(":")[4] != account()
    [selection] = prod().of("backup/selection:Selection")
    assert len(selection.inputs["resources"]) == 5
