"""Evaluates which principals may read an object: deployed policies of bucket, key and roles."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import unquote

from botocore.exceptions import ClientError

from authorization import Decision, Level, Policies, Policy, Principal, Request, evaluate
from inspection import guardrails
from inspection.aws import Aws, pages


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """A role of the account, and whether it reads the object."""

    role: str
    reads: bool
    why: str
    """The statements that allow it, or the first thing that does not."""


def readers(aws: Aws, documents: "Documents", key: str) -> Sequence[Reader]:
    """Every role of the account that is not a service-linked one, readers first."""
    iam = aws.client("iam", account=documents.account)
    readers_of_object = [
        _reader(iam, role, documents, key)
        for role in pages(iam, "list_roles", "Roles")
        if not role["Path"].startswith("/aws-service-role/")
    ]
    return sorted(readers_of_object, key=lambda reader: (not reader.reads, reader.role))


@dataclass(frozen=True, kw_only=True, slots=True)
class Documents:
    """Policies of the resources a reader needs."""

    account: str
    region: str
    bucket: str
    bucket_policy: Policy | None
    key_arn: str
    key_policy: Policy | None
    organization: str
    management_account: str = ""
    scps: Sequence[Level] = ()
    rcps: Sequence[Level] = ()

    @classmethod
    def read(cls, aws: Aws, account: str, region: str, bucket: str, key_arn: str) -> "Documents":
        """Read the deployed policies."""
        s3 = aws.client("s3", account=account, region=region)
        text = _answer(s3, "get_bucket_policy", "NoSuchBucketPolicy", Bucket=bucket).get("Policy")
        kms = aws.client("kms", account=account, region=region)
        key_text = kms.get_key_policy(KeyId=key_arn, PolicyName="default")["Policy"] if key_arn else None
        organization = aws.client("organizations").describe_organization()["Organization"]
        return cls(
            account=account,
            region=region,
            bucket=bucket,
            bucket_policy=Policy.parse("bucket policy", text) if text else None,
            key_arn=key_arn,
            key_policy=Policy.parse("key policy", key_text) if key_text else None,
            organization=organization["Id"],
            management_account=organization["MasterAccountId"],
            scps=guardrails.in_force(aws, account, guardrails.SCP),
            rcps=guardrails.in_force(aws, account, guardrails.RCP),
        )

    def around(self, identity: Sequence[Policy], boundary: Policy | None, resource: Policy | None) -> Policies:
        """Everything that applies to a request for one of the account's resources, guardrails included."""
        return Policies(
            identity=identity,
            boundary=boundary,
            resource=resource,
            scps=self.scps,
            rcps=self.rcps,
            management_account=self.management_account,
        )

    def context(self, tags: Mapping[str, str], *, inside: bool) -> dict[str, Sequence[str]]:
        """Return the condition keys of a request by a role of the organization; `inside`: through its endpoint."""
        context: dict[str, Sequence[str]] = {
            "aws:PrincipalIsAWSService": ["false"],
            "aws:PrincipalOrgID": [self.organization],
            "aws:ResourceOrgID": [self.organization],
            "aws:RequestedRegion": [self.region],
            "aws:SecureTransport": ["true"],
            "aws:ViaAWSService": ["false"],
            "s3:TlsVersion": ["1.3"],
            **{f"aws:PrincipalTag/{name}": [value] for name, value in tags.items()},
        }
        return {**context, "aws:VpceOrgID": [self.organization]} if inside else context


def decide(
    documents: Documents, principal: Principal, identity: Sequence[Policy], request: "AccessRequest"
) -> Decision:
    """Return whether a role may do something with an object, key included; the first refusal, or the bucket's yes."""
    context = documents.context(request.tags, inside=request.inside)
    on_object = Request(
        principal=principal,
        action=request.action,
        resource=f"arn:aws:s3:::{documents.bucket}/{request.key}",
        resource_account=documents.account,
        context=context,
    )
    first = evaluate(on_object, documents.around(identity, request.boundary, documents.bucket_policy))
    if not first.allowed or documents.key_policy is None:
        return first
    through = {
        **context,
        "kms:CallerAccount": [documents.account],
        "kms:ViaService": [f"s3.{documents.region}.amazonaws.com"],
        "kms:ResourceAliases": [],
    }
    on_key = Request(
        principal=principal,
        action=_KEY_USE.get(request.action, "kms:Decrypt"),
        resource=documents.key_arn,
        resource_account=documents.account,
        context=through,
    )
    second = evaluate(on_key, documents.around(identity, request.boundary, documents.key_policy))
    if not second.allowed:
        return second
    return Decision(outcome=first.outcome, because=(*first.because, *second.because))


_KEY_USE = {"s3:PutObject": "kms:GenerateDataKey"}


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRequest:
    """A request of a role."""

    action: str
    key: str
    tags: Mapping[str, str]
    boundary: Policy | None = None
    inside: bool = True


def _reader(iam: Any, role: Mapping[str, Any], documents: Documents, key: str) -> Reader:
    name = role["RoleName"]
    described = iam.get_role(RoleName=name)["Role"]
    tags = {tag["Key"]: tag["Value"] for tag in described.get("Tags", [])}
    boundary = described.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
    request = AccessRequest(
        action="s3:GetObject", key=key, tags=tags, boundary=managed(iam, boundary) if boundary else None, inside=True
    )
    decision = decide(documents, Principal.of(role["Arn"]), identity_policies(iam, name), request)
    decisive = tuple(match for match in decision.because if match.policy not in guardrails.DEFAULTS)
    return Reader(role=name, reads=decision.allowed, why=str(replace(decision, because=decisive)))


def identity_policies(iam: Any, role: str) -> Sequence[Policy]:
    """Every policy of a role, its own and those attached."""
    own = [
        _parsed(name, iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"])
        for name in pages(iam, "list_role_policies", "PolicyNames", RoleName=role)
    ]
    attached = pages(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=role)
    return [*own, *(managed(iam, policy["PolicyArn"]) for policy in attached)]


def managed(iam: Any, arn: str) -> Policy:
    """A managed policy's version in force."""
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    return _parsed(arn.rpartition("/")[2], document)


def _parsed(name: str, document: Any) -> Policy:
    return Policy.parse(name, json.loads(unquote(document)) if isinstance(document, str) else document)


def _answer(client: Any, operation: str, absent: str, **arguments: Any) -> Mapping[str, Any]:
    try:
        answer: Mapping[str, Any] = getattr(client, operation)(**arguments)
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") == absent:
            return {}
        raise
    return answer
