"""For every policy a compliant resource, and the smallest change to it that the policy must catch."""

import copy
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from policies import tokens

KEY_ARN = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
TAGS = {"environment": "prod", "owner": "platform", "data-classification": "log"}


def text(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@dataclass(frozen=True, kw_only=True)
class Example:
    """A resource of a stack, as the engine hands it to the analyzer."""

    type: str
    name: str = "example"
    props: Mapping[str, Any]
    protect: bool = True
    of: str | None = None
    """Name of the resource this one belongs to, for stack policies."""
    by: str = "bucket"
    """The property that refers to it."""
    uses: Mapping[str, str] = field(default_factory=dict[str, str])
    """Further properties that refer to resources, by their names."""
    provider: Mapping[str, Any] = field(default_factory=lambda: {"region": "us-east-1"})
    parent: str = ""
    """Type token of the component it is a child of."""

    @property
    def urn(self) -> str:
        kinds = f"{self.parent}${self.type}" if self.parent else self.type
        return f"urn:pulumi:test::hipaa-ml::{kinds}::{self.name}"


Change = tuple[int, str, Any]
"""Which resource of the example changes, the dotted path in it (`protect` for the option), and the new value."""


@dataclass(frozen=True, kw_only=True)
class Case:
    policy: str
    compliant: Sequence[Example]
    changes: Sequence[Change | str]
    """Each makes the example violate the policy; a string removes all resources of that type."""

    def violating(self, change: Change | str) -> Sequence[Example]:
        if isinstance(change, str):
            return [one for one in self.compliant if one.type != change]
        index, path, value = change
        changed = list(self.compliant)
        one = changed[index]
        if path == "protect":
            changed[index] = replace(one, protect=value)
            return changed
        if path == "parent":
            changed[index] = replace(one, parent=value)
            return changed
        if path == "provider":
            changed[index] = replace(one, provider=value)
            return changed
        props = copy.deepcopy(dict(one.props))
        target: Any = props
        *parents, last = path.split(".")
        for step in parents:
            target = target[int(step)] if isinstance(target, list) else target[step]
        if value is None:
            target.pop(last)
        else:
            target[int(last) if isinstance(target, list) else last] = value
        changed[index] = replace(one, props=props)
        return changed


def bucket_parts() -> list[Example]:
    deny = {
        "Sid": "Tls",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::records/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return [
        Example(type=tokens.BUCKETS[0], name="records", props={"bucket": "records", "tags": TAGS}),
        Example(
            type=tokens.BUCKET_ENCRYPTION[0],
            of="records",
            props={
                "bucket": "records",
                "rules": [
                    {
                        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY_ARN},
                        "bucketKeyEnabled": True,
                    }
                ],
            },
        ),
        Example(
            type=tokens.BUCKET_VERSIONING[0],
            of="records",
            props={"bucket": "records", "versioningConfiguration": {"status": "Enabled"}},
        ),
        Example(type=tokens.BUCKET_PUBLIC_ACCESS, of="records", props={"bucket": "records", **four_flags()}),
        Example(
            type=tokens.BUCKET_OWNERSHIP,
            of="records",
            props={"bucket": "records", "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        ),
        Example(type=tokens.BUCKET_POLICY, of="records", props={"bucket": "records", "policy": text(deny)}),
    ]


def four_flags() -> dict[str, bool]:
    return {"blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True, "restrictPublicBuckets": True}


ALLOW_ONE = text({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::records/*"})
ALLOW_ALL = text({"Effect": "Allow", "Action": "*", "Resource": "*"})
ESCALATE = text({"Effect": "Allow", "Action": ["iam:Put*"], "Resource": "*"})
PUBLIC = text({"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::records/*"})
PUBLIC_NARROWED_BY_NOTHING = text(
    {
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}},
    }
)
OWN_ACCOUNT = text(
    {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111122223333:root"}, "Action": "kms:*", "Resource": "*"}
)
GITHUB = "token.actions.githubusercontent.com"


def github_trust(subject: str | None, audience: str = "sts.amazonaws.com") -> str:
    tests = {f"{GITHUB}:aud": audience} | ({f"{GITHUB}:sub": subject} if subject else {})
    return text(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": tests},
            "Principal": {"Federated": f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}"},
        }
    )


def trust_of_people(*, mfa: bool) -> str:
    condition = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}} if mfa else {}
    people = {"AWS": "arn:aws:iam::111122223333:user/break-glass-1"}
    return text({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": people, **condition})


BREAK_GLASS = Example(
    type=tokens.ROLE,
    props={"name": "hipaa-ml-break-glass", "maxSessionDuration": 3600, "assumeRolePolicy": trust_of_people(mfa=True)},
)
TRAIL = Example(
    type=tokens.TRAIL,
    props={
        "s3BucketName": "trail",
        "isMultiRegionTrail": True,
        "isOrganizationTrail": True,
        "enableLogFileValidation": True,
        "kmsKeyId": KEY_ARN,
        "cloudWatchLogsGroupArn": "arn:aws:logs:us-east-1:111122223333:log-group:trail:*",
        "cloudWatchLogsRoleArn": "arn:aws:iam::111122223333:role/trail",
        "tags": TAGS,
        "advancedEventSelectors": [
            {
                "name": "data",
                "fieldSelectors": [
                    {"field": "eventCategory", "equals": ["Data"]},
                    {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                ],
            }
        ],
    },
)
ROLE = Example(
    type=tokens.ROLE,
    props={"assumeRolePolicy": github_trust("repo:hospital/landing-zone:environment:production"), "tags": TAGS},
)
LOG_GROUP = Example(type=tokens.LOG_GROUP, props={"kmsKeyId": KEY_ARN, "retentionInDays": 365, "tags": TAGS})
KEY = Example(
    type=tokens.KEY, props={"enableKeyRotation": True, "deletionWindowInDays": 30, "policy": OWN_ACCOUNT, "tags": TAGS}
)
LOCK = Example(
    type=tokens.BUCKET_OBJECT_LOCK[0],
    props={"bucket": "records", "rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 2192}}},
)
GUARDRAIL = Example(
    type=tokens.ORGANIZATION_POLICY,
    props={
        "type": "SERVICE_CONTROL_POLICY",
        "description": "F1",
        "content": text({"Sid": "F1", "Effect": "Deny", "Action": "organizations:LeaveOrganization", "Resource": "*"}),
    },
)
ORGANIZATION = Example(
    type=tokens.ORGANIZATION,
    props={
        "featureSet": "ALL",
        "enabledPolicyTypes": ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "AISERVICES_OPT_OUT_POLICY"],
    },
)
ACCOUNT = Example(type=tokens.ACCOUNT, props={"email": "a@hospital.example", "closeOnDeletion": False, "tags": TAGS})
PASSWORDS = Example(
    type=tokens.PASSWORD_POLICY,
    props={
        "minimumPasswordLength": 14,
        "passwordReusePrevention": 24,
        "requireLowercaseCharacters": True,
        "requireUppercaseCharacters": True,
        "requireNumbers": True,
        "requireSymbols": True,
    },
)
BUDGET = Example(
    type=tokens.BUDGET,
    props={
        "budgetType": "COST",
        "notifications": [{"threshold": 80, "subscriberEmailAddresses": ["finance@hospital.example"]}],
    },
)
NOTHING = Example(type=LOG_GROUP.type, name="bystander", props=LOG_GROUP.props)

USER = Example(type=tokens.LONG_LIVED_CREDENTIALS[0], props={"name": "somebody"})
ACL = Example(type=tokens.BUCKET_ACLS[0], props={"bucket": "records", "acl": "private"})
POLICY = Example(type=tokens.IDENTITY_POLICIES[0], props={"policy": ALLOW_ONE})


@dataclass(frozen=True, kw_only=True)
class Forbidden:
    """A policy that forbids a type altogether: any bystander complies, the resource itself violates."""

    policy: str
    resource: Example


FORBIDDEN = [Forbidden(policy="iam-no-users", resource=USER), Forbidden(policy="s3-no-acl", resource=ACL)]


def replicated_phi() -> list[Example]:
    return [
        Example(type=tokens.BUCKETS[0], name="phi", props={"bucket": "phi", "tags": {"data-classification": "phi"}}),
        Example(type=tokens.BUCKETS[0], name="copy", props={"bucket": "copy"}, provider={"region": "us-west-2"}),
        Example(
            type=tokens.BUCKET_REPLICATION,
            of="phi",
            uses={"rules": "copy"},
            props={"bucket": "phi", "role": "r", "rules": [{"status": "Enabled", "destination": {"bucket": "copy"}}]},
        ),
    ]


VPC = Example(type="aws:ec2/vpc:Vpc", name="vpc", props={"cidrBlock": "10.0.0.0/16"})
FLOW_LOG = Example(type="aws:ec2/flowLog:FlowLog", of="vpc", by="vpcId", props={"vpcId": "vpc-1", "trafficType": "ALL"})
GROUP = Example(
    type="aws:ec2/securityGroup:SecurityGroup",
    name="group",
    props={"description": "d", "ingress": [{"protocol": "tcp", "fromPort": 443, "toPort": 443}]},
)
MEMBER = Example(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    of="group",
    by="securityGroupIds",
    props={"vpcId": "vpc-1", "securityGroupIds": ["sg-1"]},
)

CASES = [
    Case(
        policy="s3-phi-replicated",
        compliant=replicated_phi(),
        changes=[
            tokens.BUCKET_REPLICATION,
            (1, "provider", {"region": "eu-west-1"}),
            (1, "provider", {"region": "us-east-1"}),
        ],
    ),
    Case(
        policy="vpc-flow-logs",
        compliant=[VPC, FLOW_LOG],
        changes=["aws:ec2/flowLog:FlowLog", (1, "trafficType", "REJECT")],
    ),
    Case(policy="security-group-used", compliant=[GROUP, MEMBER], changes=["aws:ec2/vpcEndpoint:VpcEndpoint"]),
    Case(
        policy="kms-key-rotation",
        compliant=[KEY],
        changes=[(0, "enableKeyRotation", False), (0, "enableKeyRotation", None)],
    ),
    Case(policy="kms-key-deletion-window", compliant=[KEY], changes=[(0, "deletionWindowInDays", 7)]),
    Case(
        policy="kms-key-enabled",
        compliant=[KEY],
        changes=[(0, "isEnabled", False), (0, "bypassPolicyLockoutSafetyCheck", True)],
    ),
    Case(
        policy="kms-key-policy-not-public",
        compliant=[KEY],
        changes=[(0, "policy", PUBLIC), (0, "policy", PUBLIC_NARROWED_BY_NOTHING)],
    ),
    Case(
        policy="s3-bucket-encryption",
        compliant=bucket_parts(),
        changes=[
            tokens.BUCKET_ENCRYPTION[0],
            (1, "rules.0.applyServerSideEncryptionByDefault.sseAlgorithm", "AES256"),
            (1, "rules.0.applyServerSideEncryptionByDefault.kmsMasterKeyId", None),
            (1, "rules.0.bucketKeyEnabled", False),
        ],
    ),
    Case(policy="log-group-key", compliant=[LOG_GROUP], changes=[(0, "kmsKeyId", None)]),
    Case(
        policy="sns-topic-key",
        compliant=[Example(type=tokens.TOPIC, props={"kmsMasterKeyId": KEY_ARN, "tags": TAGS})],
        changes=[(0, "kmsMasterKeyId", None)],
    ),
    Case(
        policy="sqs-queue-key",
        compliant=[Example(type=tokens.QUEUE, props={"kmsMasterKeyId": KEY_ARN})],
        changes=[(0, "kmsMasterKeyId", None)],
    ),
    Case(
        policy="ebs-encryption-default",
        compliant=[Example(type=tokens.EBS_ENCRYPTION, props={"enabled": True})],
        changes=[(0, "enabled", False)],
    ),
    Case(
        policy="s3-public-access-block",
        compliant=bucket_parts(),
        changes=[(3, "blockPublicAcls", False), (3, "restrictPublicBuckets", None)],
    ),
    Case(policy="s3-bucket-public-access-block", compliant=bucket_parts(), changes=[tokens.BUCKET_PUBLIC_ACCESS]),
    Case(
        policy="s3-bucket-ownership",
        compliant=bucket_parts(),
        changes=[tokens.BUCKET_OWNERSHIP, (4, "rule.objectOwnership", "ObjectWriter")],
    ),
    Case(policy="s3-bucket-policy-not-public", compliant=bucket_parts(), changes=[(5, "policy", PUBLIC)]),
    Case(
        policy="account-public-access-block",
        compliant=[Example(type=tokens.ACCOUNT_PUBLIC_ACCESS, props=four_flags())],
        changes=[(0, "ignorePublicAcls", False)],
    ),
    Case(
        policy="snapshot-public-access-block",
        compliant=[Example(type=tokens.SNAPSHOT_BLOCK, props={"state": "block-all-sharing"})],
        changes=[(0, "state", "unblocked")],
    ),
    Case(
        policy="image-public-access-block",
        compliant=[Example(type=tokens.IMAGE_BLOCK, props={"state": "block-new-sharing"})],
        changes=[(0, "state", "unblocked")],
    ),
    Case(
        policy="instance-metadata-v2",
        compliant=[Example(type=tokens.METADATA_DEFAULTS, props={"httpTokens": "required"})],
        changes=[(0, "httpTokens", "optional")],
    ),
    Case(policy="iam-no-administrator", compliant=[POLICY], changes=[(0, "policy", ALLOW_ALL)]),
    Case(policy="iam-no-privilege-escalation", compliant=[POLICY], changes=[(0, "policy", ESCALATE)]),
    Case(policy="iam-trust-not-public", compliant=[ROLE], changes=[(0, "assumeRolePolicy", PUBLIC)]),
    Case(
        policy="iam-github-subject",
        compliant=[ROLE],
        changes=[
            (0, "assumeRolePolicy", github_trust(None)),
            (0, "assumeRolePolicy", github_trust("repo:hospital/*")),
            (0, "assumeRolePolicy", github_trust("repo:hospital/zone:ref:refs/heads/main", audience="anyone")),
        ],
    ),
    Case(
        policy="iam-break-glass",
        compliant=[BREAK_GLASS],
        changes=[(0, "maxSessionDuration", 43200), (0, "assumeRolePolicy", trust_of_people(mfa=False))],
    ),
    Case(
        policy="permission-set-session",
        compliant=[Example(type=tokens.PERMISSION_SET, props={"name": "engineer", "sessionDuration": "PT8H"})],
        changes=[(0, "sessionDuration", "PT12H"), (0, "sessionDuration", None)],
    ),
    Case(policy="iam-role-session", compliant=[ROLE], changes=[(0, "maxSessionDuration", 43200)]),
    Case(
        policy="iam-password-policy",
        compliant=[PASSWORDS],
        changes=[(0, "minimumPasswordLength", 8), (0, "requireSymbols", None)],
    ),
    Case(
        policy="sns-topic-not-public",
        compliant=[Example(type=tokens.TOPIC_POLICIES[0], props={"policy": OWN_ACCOUNT})],
        changes=[(0, "policy", PUBLIC)],
    ),
    Case(
        policy="cloudtrail-complete",
        compliant=[TRAIL],
        changes=[
            (0, "isMultiRegionTrail", False),
            (0, "isOrganizationTrail", None),
            (0, "enableLogFileValidation", False),
            (0, "kmsKeyId", None),
            (0, "enableLogging", False),
            (0, "cloudWatchLogsGroupArn", None),
        ],
    ),
    Case(
        policy="cloudtrail-data-events",
        compliant=[TRAIL],
        changes=[
            (0, "advancedEventSelectors", None),
            (0, "advancedEventSelectors.0.fieldSelectors.1.equals", ["AWS::Lambda::Function"]),
        ],
    ),
    Case(
        policy="config-recorder-complete",
        compliant=[Example(type=tokens.RECORDER, props={"recordingGroup": {"allSupported": True}})],
        changes=[(0, "recordingGroup.allSupported", False)],
    ),
    Case(
        policy="config-recorder-on",
        compliant=[Example(type=tokens.RECORDER_STATUS, props={"isEnabled": True})],
        changes=[(0, "isEnabled", False)],
    ),
    Case(
        policy="log-group-retention",
        compliant=[LOG_GROUP],
        changes=[(0, "retentionInDays", 30), (0, "retentionInDays", None)],
    ),
    Case(
        policy="s3-bucket-versioning",
        compliant=bucket_parts(),
        changes=[tokens.BUCKET_VERSIONING[0], (2, "versioningConfiguration.status", "Suspended")],
    ),
    Case(
        policy="s3-object-lock",
        compliant=[LOCK],
        changes=[(0, "rule.defaultRetention.mode", "GOVERNANCE"), (0, "rule.defaultRetention.days", 365)],
    ),
    Case(policy="data-protected", compliant=[KEY], changes=[(0, "protect", False)]),
    Case(policy="s3-policy-tls-only", compliant=bucket_parts(), changes=[(5, "policy", ALLOW_ONE)]),
    Case(policy="s3-bucket-policy", compliant=bucket_parts(), changes=[tokens.BUCKET_POLICY]),
    Case(
        policy="organization-all-features",
        compliant=[ORGANIZATION],
        changes=[(0, "featureSet", "CONSOLIDATED_BILLING"), (0, "enabledPolicyTypes", ["SERVICE_CONTROL_POLICY"])],
    ),
    Case(policy="organization-account-kept", compliant=[ACCOUNT], changes=[(0, "closeOnDeletion", True)]),
    Case(
        policy="organization-guardrail-denies",
        compliant=[GUARDRAIL],
        changes=[(0, "content", ALLOW_ONE), (0, "content", "{not json"), (0, "description", "x" * 513)],
    ),
    Case(
        policy="residency-one-group",
        compliant=[
            LOG_GROUP,
            Example(type=tokens.KEY, name="other", props=KEY.props, provider={"region": "us-west-2"}),
        ],
        changes=[(1, "provider", {"region": "eu-west-1"}), (1, "provider", {"region": "xx-nowhere-1"})],
    ),
    Case(policy="tags-required", compliant=[KEY], changes=[(0, "tags", None), (0, "tags.owner", None)]),
    Case(
        policy="budget-notifies",
        compliant=[BUDGET],
        changes=[(0, "notifications", None), (0, "notifications.0.subscriberEmailAddresses", None)],
    ),
]
