"""Who may reach what, 45 CFR 164.312(a)(1) and (d): nothing public, no long-lived keys, no way to more rights."""

from collections.abc import Iterator, Mapping
from typing import Any

from controls.rules import Problem, Props, Rule
from controls.rules.documents import (
    document,
    every_allow,
    github_subject_is_named,
    no_administrator,
    no_privilege_escalation,
    no_public_principal,
)
from controls.rules.predicates import all_of, between, equals, forbidden, matches
from controls.rules.values import lookup
from policies import tokens
from policies.checks import Checks, Finding, Stack, across, configured, on
from policies.configuration import Parameters

four_public_access_blocks: Rule = all_of(
    equals("blockPublicAcls", True, default=False),
    equals("blockPublicPolicy", True, default=False),
    equals("ignorePublicAcls", True, default=False),
    equals("restrictPublicBuckets", True, default=False),
)

password_policy: Rule = all_of(
    between("minimumPasswordLength", 14, 128, default=6),
    between("passwordReusePrevention", 24, 24, default=0),
    equals("requireLowercaseCharacters", True, default=False),
    equals("requireUppercaseCharacters", True, default=False),
    equals("requireNumbers", True, default=False),
    equals("requireSymbols", True, default=False),
)


def _every_bucket_has_a_block(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    for bucket in stack.of(*tokens.BUCKETS):
        if not stack.companions(bucket, tokens.BUCKET_PUBLIC_ACCESS, "bucket"):
            yield bucket, Problem("the bucket has no BucketPublicAccessBlock")


def _every_bucket_owns_its_objects(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    rule = equals("rule.objectOwnership", "BucketOwnerEnforced")
    for bucket in stack.of(*tokens.BUCKETS):
        controls = stack.companions(bucket, tokens.BUCKET_OWNERSHIP, "bucket")
        if not controls:
            yield bucket, Problem("the bucket has no BucketOwnershipControls")
        yield from ((one, problem) for one in controls for problem in rule(one.props))


def _break_glass(props: Props) -> Iterator[Problem]:
    """Only roles named so: 45 CFR 164.312(a)(2)(ii) asks for the access, this for its care."""
    name = lookup(props, "name")
    if not isinstance(name, str) or "break-glass" not in name:
        return
    yield from between("maxSessionDuration", 3600, 3600, default=3600)(props)
    yield from document("assumeRolePolicy", every_allow(_asks_for_mfa))(props)


def _asks_for_mfa(statement: Mapping[str, Any]) -> Iterator[Problem]:
    tests = statement.get("Condition", {}).get("Bool", {})
    if str(tests.get("aws:MultiFactorAuthPresent", "")).lower() != "true":
        yield Problem("the role can be assumed without MFA (Bool aws:MultiFactorAuthPresent true is missing)")


def _session(parameters: Parameters) -> Rule:
    return between("maxSessionDuration", 3600, parameters.session_seconds, default=3600)


CHECKS: Checks = {
    "s3-public-access-block": on(tokens.BUCKET_PUBLIC_ACCESS, four_public_access_blocks),
    "s3-bucket-public-access-block": across(tokens.BUCKETS, _every_bucket_has_a_block),
    "s3-bucket-ownership": across(tokens.BUCKETS, _every_bucket_owns_its_objects),
    "s3-no-acl": on(tokens.BUCKET_ACLS, forbidden("bucket ACLs are not used: ownership is enforced, policies decide")),
    "s3-bucket-policy-not-public": on(tokens.BUCKET_POLICY, document("policy", every_allow(no_public_principal))),
    "account-public-access-block": on(tokens.ACCOUNT_PUBLIC_ACCESS, four_public_access_blocks),
    "snapshot-public-access-block": on(tokens.SNAPSHOT_BLOCK, equals("state", "block-all-sharing")),
    "image-public-access-block": on(tokens.IMAGE_BLOCK, equals("state", "block-new-sharing")),
    "instance-metadata-v2": on(tokens.METADATA_DEFAULTS, equals("httpTokens", "required")),
    "iam-no-users": on(
        tokens.LONG_LIVED_CREDENTIALS,
        forbidden(
            "people sign in through IAM Identity Center and programs assume roles: no users, groups or access keys"
        ),
    ),
    "iam-no-administrator": on(tokens.IDENTITY_POLICIES, document("policy", every_allow(no_administrator))),
    "iam-no-privilege-escalation": on(
        tokens.IDENTITY_POLICIES, document("policy", every_allow(no_privilege_escalation))
    ),
    "iam-trust-not-public": on(tokens.ROLE, document("assumeRolePolicy", every_allow(no_public_principal))),
    "iam-github-subject": on(tokens.ROLE, document("assumeRolePolicy", every_allow(github_subject_is_named))),
    "iam-break-glass": on(tokens.ROLE, _break_glass),
    "permission-set-session": on(
        tokens.PERMISSION_SET, matches("sessionDuration", r"^PT([1-8]H|[1-5]?\dM)$", "PT8H or less")
    ),
    "iam-role-session": configured(tokens.ROLE, _session),
    "iam-password-policy": on(tokens.PASSWORD_POLICY, password_policy),
    "sns-topic-not-public": on(tokens.TOPIC_POLICIES, document("policy", every_allow(no_public_principal))),
}
