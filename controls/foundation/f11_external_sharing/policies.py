"""Policies of F11: nothing is shared outside the organisation."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import tokens
from controls.rules.checks import on
from controls.rules.documents import document, every_allow, no_public_principal
from controls.rules.predicates import all_of, equals

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="s3-bucket-policy-not-public",
        title="No bucket policy allows everyone",
        remedy="Name the principals, or narrow Principal * by aws:PrincipalOrgID or the source's ARN.",
        check=on(tokens.BUCKET_POLICY, document("policy", every_allow(no_public_principal))),
    ),
    PolicyRule(
        name="sns-topic-not-public",
        title="No topic policy allows everyone",
        remedy="Name the principals, or narrow Principal * by aws:SourceArn or aws:SourceOrgID.",
        check=on(tokens.TOPIC_POLICIES, document("policy", every_allow(no_public_principal))),
    ),
    PolicyRule(
        name="secret-not-public",
        title="No secret is readable by everyone",
        remedy="Name the principals and set block_public_policy=True.",
        check=on(
            "aws:secretsmanager/secretPolicy:SecretPolicy",
            all_of(
                equals("blockPublicPolicy", True, default=False), document("policy", every_allow(no_public_principal))
            ),
        ),
    ),
    PolicyRule(
        name="ecr-not-public",
        title="No repository can be pulled by everyone",
        remedy="Name the accounts, or narrow Principal * by aws:PrincipalOrgID.",
        check=on("aws:ecr/repositoryPolicy:RepositoryPolicy", document("policy", every_allow(no_public_principal))),
    ),
    PolicyRule(
        name="codeartifact-not-public",
        title="No package repository and no domain of them is open to everyone",
        remedy="Name the accounts, or narrow Principal * by aws:PrincipalOrgID.",
        check=on(
            (
                "aws:codeartifact/domainPermissions:DomainPermissions",
                "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy",
            ),
            document("policyDocument", every_allow(no_public_principal)),
        ),
    ),
    PolicyRule(
        name="sqs-not-public",
        title="No queue takes messages from everyone",
        remedy="Name the principals, or narrow Principal * by aws:SourceArn.",
        check=on(
            ("aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/queue:Queue"),
            document("policy", every_allow(no_public_principal)),
        ),
    ),
    PolicyRule(
        name="event-bus-not-public",
        title="No event bus takes events from everyone",
        remedy="Name the accounts, or narrow Principal * by aws:PrincipalOrgID.",
        check=on("aws:cloudwatch/eventBusPolicy:EventBusPolicy", document("policy", every_allow(no_public_principal))),
    ),
    PolicyRule(
        name="share-organisation-only",
        title="Nothing is shared with accounts outside",
        remedy="Set allow_external_principals=False.",
        check=on("aws:ram/resourceShare:ResourceShare", equals("allowExternalPrincipals", False, default=True)),
    ),
)
