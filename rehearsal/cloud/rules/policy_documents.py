"""Resource policies and trust policies: their syntax, size, principals, and the resources that they may name."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from authorization import Policy, PolicyError, PolicyStatement, reference
from authorization.patterns import matches_wildcards
from rehearsal.cloud.authorization.entities import entity_by_arn, stored_bucket
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.iam import characters
from rehearsal.cloud.rules.rule import Rule, Situation

_ENTITY: Final = re.compile(r"arn:aws:iam::\d{12}:(?:role|user)/(.+)")
BUCKET_POLICY_BYTES: Final = 20 * 1024
KEY_POLICY_BYTES: Final = 32 * 1024
TRUST_POLICY_CHARACTERS: Final = 2048


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A member of requests that holds a policy document."""

    service: str
    operations: tuple[str, ...]
    member: str
    code: str
    """Error code for a malformed document."""
    limit: int
    """Largest document: for IAM in characters without white space, else in bytes."""
    source: str
    principals: bool = True
    """Whether the document names principals, which have to exist."""


DOCUMENTS: Final = (
    Document(
        service="s3",
        operations=("PutBucketPolicy",),
        member="Policy",
        code="MalformedPolicy",
        limit=BUCKET_POLICY_BYTES,
        source="S3 User Guide, Bucket policies",
    ),
    Document(
        service="kms",
        operations=("CreateKey", "PutKeyPolicy", "ReplicateKey"),
        member="Policy",
        code="MalformedPolicyDocumentException",
        limit=KEY_POLICY_BYTES,
        source="KMS API Reference, CreateKey; KMS Developer Guide, Resource quotas",
    ),
    Document(
        service="iam",
        operations=("CreateRole",),
        member="AssumeRolePolicyDocument",
        code="MalformedPolicyDocument",
        limit=TRUST_POLICY_CHARACTERS,
        source="IAM User Guide, IAM and STS quotas; AWS JSON policy elements: Principal",
    ),
    Document(
        service="iam",
        operations=("UpdateAssumeRolePolicy",),
        member="PolicyDocument",
        code="MalformedPolicyDocument",
        limit=TRUST_POLICY_CHARACTERS,
        source="IAM User Guide, IAM and STS quotas; AWS JSON policy elements: Principal",
    ),
    Document(
        service="ecr",
        operations=("SetRepositoryPolicy",),
        member="policyText",
        code="InvalidParameterException",
        limit=10 * 1024,
        source="ECR API Reference, SetRepositoryPolicy",
    ),
    Document(
        service="secretsmanager",
        operations=("PutResourcePolicy",),
        member="ResourcePolicy",
        code="MalformedPolicyDocumentException",
        limit=20 * 1024,
        source="Secrets Manager API Reference, PutResourcePolicy",
    ),
    Document(
        service="sagemaker",
        operations=("PutModelPackageGroupPolicy",),
        member="ResourcePolicy",
        code="ValidationException",
        limit=20 * 1024,
        source="SageMaker API Reference, PutModelPackageGroupPolicy",
    ),
    Document(
        service="ec2",
        operations=("CreateVpcEndpoint", "ModifyVpcEndpoint"),
        member="PolicyDocument",
        code="InvalidPolicyDocument",
        limit=20 * 1024,
        source="VPC User Guide, Control access to VPC endpoints using endpoint policies",
        principals=False,
    ),
)


def _check(document: Document) -> Callable[[Situation], Refusal | None]:
    def check(situation: Situation) -> Refusal | None:
        text = situation.parameters.get(document.member)
        if not text:
            return None
        reason = next(_problems(document, str(text)), None)
        return Refusal(code=document.code, message=reason) if reason is not None else None

    return check


def _problems(document: Document, text: str) -> Iterator[str]:
    size = characters(text) if document.service == "iam" else len(text.encode())
    if size > document.limit:
        unit = "characters" if document.service == "iam" else "bytes"
        yield f"The policy has {size} {unit}, and at most {document.limit} are allowed."
    try:
        policy = Policy.parse("policy", text)
    except PolicyError as error:
        yield f"The policy is malformed: {error}"
        return
    if document.principals:
        for statement in policy.statements:
            yield from _missing_principals(statement)


def _missing_principals(statement: PolicyStatement) -> Iterator[str]:
    for principals in (statement.principals, statement.not_principals):
        for name in (principals or {}).get("AWS", ()):
            if not principal_exists(name):
                yield f'Invalid principal in policy: "AWS":"{name}"'


def principal_exists(name: str) -> bool:
    """Return whether a role or user exists, by its ARN; accounts, `*` and other forms are not looked up."""
    match = _ENTITY.fullmatch(name)
    if match is None:
        return True
    return match[1].startswith(("aws-service-role/", "aws-reserved/")) or entity_by_arn(name) is not None


def _bucket_policy_names_the_bucket(situation: Situation) -> Refusal | None:
    bucket = str(situation.parameters.get("Bucket"))
    try:
        statements = Policy.parse("policy", str(situation.parameters.get("Policy"))).statements
    except PolicyError:
        return None
    arn = f"arn:aws:s3:::{bucket}"
    for statement in statements:
        for resource in (*(statement.resources or ()), *(statement.not_resources or ())):
            if not (
                matches_wildcards(arn, resource) or resource == arn or resource.startswith(f"{arn}/") or resource == "*"
            ):
                return Refusal(code="MalformedPolicy", message=f"Policy has invalid resource: {resource}")
        for action in (*(statement.actions or ()), *(statement.not_actions or ())):
            if not _is_s3_action(action):
                return Refusal(code="MalformedPolicy", message=f"Policy has invalid action: {action}")
    return None


def _is_s3_action(pattern: str) -> bool:
    if pattern == "*":
        return True
    prefix, _, name = pattern.lower().partition(":")
    return prefix == "s3" and any(matches_wildcards(action, name) for action in reference.service("s3").actions)


def _public_bucket_policy(situation: Situation) -> Refusal | None:
    """A policy that allows everyone without a condition is public (S3 User Guide, "The meaning of public")."""
    block = getattr(stored_bucket(str(situation.parameters.get("Bucket"))), "public_access_block", None)
    blocked = block is not None and str(getattr(block, "block_public_policy", "")).lower() == "true"
    if not blocked:
        return None
    try:
        statements = Policy.parse("policy", str(situation.parameters.get("Policy"))).statements
    except PolicyError:
        return None
    public = any(
        statement.allow
        and not statement.conditions
        and ("*" in (statement.principals or {}) or "*" in (statement.principals or {}).get("AWS", ()))
        for statement in statements
    )
    return (
        Refusal(
            code="AccessDenied",
            message="User is not authorized to perform: s3:PutBucketPolicy because public policies are blocked by the "
            "BlockPublicPolicy block public access setting.",
        )
        if public
        else None
    )


RULES: Final = (
    *(
        Rule(
            service=document.service,
            operations=document.operations,
            check=_check(document),
            states=f"{document.member} is well-formed, at most {document.limit} "
            f"{'characters' if document.service == 'iam' else 'bytes'}, and its principals exist",
            source=document.source,
        )
        for document in DOCUMENTS
    ),
    Rule(
        service="s3",
        operations=("PutBucketPolicy",),
        check=_bucket_policy_names_the_bucket,
        states="a bucket policy names only its own bucket and actions that S3 has",
        source="S3 User Guide, Bucket policies",
    ),
    Rule(
        service="s3",
        operations=("PutBucketPolicy",),
        check=_public_bucket_policy,
        states="a public policy is refused while BlockPublicPolicy is on",
        source="S3 User Guide, Blocking public access to your Amazon S3 storage",
    ),
)
