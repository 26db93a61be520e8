"""Account-wide settings that are not bound to a region."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import iam, s3

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountDefaultsArgs:
    """An account's settings."""

    alias: str | None = None
    """Sign-in alias, unique over all of AWS."""


class AccountDefaults(pulumi.ComponentResource):
    """`hipaa-ml:baseline:AccountDefaults`: the defaults of an account.

    Creates an `aws.s3.AccountPublicAccessBlock`, an `aws.iam.AccountPasswordPolicy` and, if an alias is set, an
    `aws.iam.AccountAlias`.
    """

    def __init__(self, name: str, args: AccountDefaultsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        s3.AccountPublicAccessBlock(
            f"{name}-public-access",
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=child,
        )
        # Nobody should be a user (guardrail F3); should one ever exist, then with a strict password.
        iam.AccountPasswordPolicy(
            f"{name}-passwords",
            minimum_password_length=14,
            password_reuse_prevention=24,
            max_password_age=90,
            hard_expiry=False,
            allow_users_to_change_password=True,
            require_lowercase_characters=True,
            require_uppercase_characters=True,
            require_numbers=True,
            require_symbols=True,
            opts=child,
        )
        if args.alias is not None:
            iam.AccountAlias(f"{name}-alias", account_alias=args.alias, opts=child)
        self.register_outputs({})
