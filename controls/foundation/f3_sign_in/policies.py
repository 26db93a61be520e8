"""Policies of F3: no IAM users, passwords or access keys, and no new identity providers."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Rule, tokens
from controls.rules.checks import on
from controls.rules.documents import document, every_allow, github_subject_is_named
from controls.rules.predicates import absent, all_of, between, equals, forbidden

password_policy: Rule = all_of(
    between("minimumPasswordLength", 14, 128, default=6),
    between("passwordReusePrevention", 24, 24, default=0),
    equals("requireLowercaseCharacters", True, default=False),
    equals("requireUppercaseCharacters", True, default=False),
    equals("requireNumbers", True, default=False),
    equals("requireSymbols", True, default=False),
)
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="iam-no-users",
        title="No IAM users, groups, login profiles or access keys",
        remedy="Give people a permission set in IAM Identity Center and programs a role.",
        check=on(
            tokens.LONG_LIVED_CREDENTIALS,
            forbidden(
                "people sign in through IAM Identity Center and programs assume roles: no users, groups or access keys"
            ),
        ),
    ),
    PolicyRule(
        name="iam-github-subject",
        title="A role for GitHub Actions trusts one repository and the STS audience only",
        remedy="Test the token's aud and sub with StringEquals, the latter on repo:OWNER/NAME:environment:ENV.",
        check=on(tokens.ROLE, document("assumeRolePolicy", every_allow(github_subject_is_named))),
    ),
    PolicyRule(
        name="iam-password-policy",
        title="The account's password policy is strict",
        remedy="Require 14 characters of all four kinds and remember 24 passwords.",
        check=on(tokens.PASSWORD_POLICY, password_policy),
    ),
    PolicyRule(
        name="rds-managed-password",
        title="Master passwords are managed by Secrets Manager",
        remedy="Set manage_master_user_password=True instead of a password.",
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"),
            all_of(equals("manageMasterUserPassword", True, default=False), absent("password", "masterPassword")),
        ),
    ),
    PolicyRule(
        name="rds-iam-authentication",
        title="Database users sign in with IAM",
        remedy="Set iam_database_authentication_enabled=True.",
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"),
            equals("iamDatabaseAuthenticationEnabled", True, default=False),
        ),
    ),
    PolicyRule(
        name="secret-rotation",
        title="Secrets rotate within 90 days",
        remedy="Set rotation_rules.automatically_after_days to 90 or less.",
        check=on(
            "aws:secretsmanager/secretRotation:SecretRotation", between("rotationRules.automaticallyAfterDays", 1, 90)
        ),
    ),
)
