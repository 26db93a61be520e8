"""Pulumi's state: what the pipeline's roles may do with it, under the policies of `zone bootstrap`."""

import pytest

from authorization import Policies, Policy, Principal, Request, evaluate
from components.baseline import rights
from operations.state_bucket import StateBackend

ACCOUNT, EAST = "123456789012", "us-east-1"
BACKEND = StateBackend(
    prefix="hipaa-ml", account=ACCOUNT, region=EAST, pipeline_roles=("hipaa-ml-deploy", "hipaa-ml-preview")
)
STATE = f"arn:aws:s3:::{BACKEND.bucket}/.pulumi/stacks/hipaa-ml/audit.json"
KEY = f"arn:aws:kms:{EAST}:{ACCOUNT}:key/k"
SCOPE = rights.Scope(
    prefix="hipaa-ml",
    account_id=ACCOUNT,
    regions=[EAST, "us-west-2"],
    boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary",
    own_role_arns=[f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-deploy"],
    management_account_id=ACCOUNT,
    access_role="Admin",
)


def allowed(use: str, kind: str, action: str, resource: str, account: str = ACCOUNT, **context: str) -> bool:
    """Whether a role of the pipeline may do something, by its policy and that of the bucket or the key."""
    writes = use == "deploy"
    own_rights = rights.deploy(kind, SCOPE) if writes else rights.preview(kind, SCOPE)
    on_state = rights.state(SCOPE, writes=writes) if kind == "management" else ()
    statements = (*own_rights, *on_state)
    request = Request(
        principal=Principal.of(f"arn:aws:iam::{account}:role/hipaa-ml-{use}"),
        action=action,
        resource=resource,
        context={
            "aws:RequestedRegion": [EAST],
            "aws:SecureTransport": ["true"],
            "s3:TlsVersion": ["1.3"],
            "aws:PrincipalAccount": [account],
            "aws:PrincipalArn": [f"arn:aws:iam::{account}:role/hipaa-ml-{use}"],
            **{key.replace("_", ":"): [value] for key, value in context.items()},
        },
    )
    secrets = context.get("kms_ResourceAliases") == BACKEND.secrets_alias
    document = BACKEND.bucket_policy if action.startswith("s3:") else BACKEND.key_policy(through_s3=not secrets)
    own = Policy.parse(use, {"Version": "2012-10-17", "Statement": list(statements)})
    in_state = action.startswith("kms:") or BACKEND.bucket in resource
    resource_policy = Policy.parse("resource", document) if in_state else None
    return evaluate(request, Policies(identity=[own], resource=resource_policy)).allowed


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"])
def test_deploy_role_of_the_management_account_writes_the_state(action: str) -> None:
    assert allowed("deploy", "management", action, STATE)
    assert not allowed("deploy", "workload", action, STATE, account="111122223333")


def test_preview_role_reads_the_state_and_writes_nothing() -> None:
    assert allowed("preview", "management", "s3:GetObject", STATE)
    assert not allowed("preview", "management", "s3:PutObject", STATE)
    assert not allowed("preview", "management", "kms:Encrypt", KEY, kms_ResourceAliases=BACKEND.secrets_alias)


@pytest.mark.parametrize("use", ["deploy", "preview"])
def test_other_objects_stay_denied(use: str) -> None:
    assert not allowed(use, "management", "s3:GetObject", "arn:aws:s3:::hipaa-ml-prod-raw/patients.csv")


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:DeleteObjectVersion", STATE),
        ("s3:PutBucketPolicy", f"arn:aws:s3:::{BACKEND.bucket}"),
        ("s3:DeleteBucket", f"arn:aws:s3:::{BACKEND.bucket}"),
        ("kms:ScheduleKeyDeletion", KEY),
        ("kms:PutKeyPolicy", KEY),
    ],
)
def test_deploy_role_does_not_administer_the_state(action: str, resource: str) -> None:
    assert not allowed("deploy", "management", action, resource, kms_ResourceAliases=BACKEND.state_alias)


def test_keys_are_used_by_alias_and_the_key_of_the_bucket_through_s3_only() -> None:
    through = {"kms_ViaService": f"s3.{EAST}.amazonaws.com"}
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert allowed("deploy", "management", action, KEY, kms_ResourceAliases=BACKEND.state_alias, **through)
        assert not allowed("deploy", "management", action, KEY, kms_ResourceAliases=BACKEND.state_alias)
        assert allowed("deploy", "management", action, KEY, kms_ResourceAliases=BACKEND.secrets_alias)
        assert not allowed("deploy", "management", action, KEY, kms_ResourceAliases="alias/other", **through)
