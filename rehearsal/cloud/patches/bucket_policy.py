"""S3: bucket policies are evaluated with their conditions. Moto ignores the conditions of `Deny` statements."""

import re
from functools import lru_cache
from typing import Any

from flask import has_request_context, request
from moto.ec2.models import ec2_backends
from moto.iam.access_control import PermissionResult
from moto.iam.models import get_account_id_from, iam_backends
from moto.organizations.models import organizations_backends
from moto.s3 import responses
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, S3Backend
from moto.sts.models import sts_backends

from authorization import Policy, PolicyError, Principal, PrincipalKind, Request, statement_applies
from rehearsal.cloud import wire
from rehearsal.cloud.patches import registry

_HEADERS = {
    "s3:x-amz-server-side-encryption": "x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "x-amz-server-side-encryption-aws-kms-key-id",
    "s3:x-amz-server-side-encryption-customer-algorithm": "x-amz-server-side-encryption-customer-algorithm",
    "s3:x-amz-acl": "x-amz-acl",
    "s3:x-amz-storage-class": "x-amz-storage-class",
    # No network is emulated: who wants to come through an endpoint or from a network says so.
    "aws:sourcevpce": "x-rehearsal-vpce",
    "aws:sourcevpc": "x-rehearsal-vpc",
}
_ACTIONS = {"s3:HeadObject": "s3:GetObject", "s3:PostObject": "s3:PutObject"}
_OF_A_VERSION = {"s3:DeleteObject": "s3:DeleteObjectVersion", "s3:GetObject": "s3:GetObjectVersion"}
"""What a request that names a version needs instead (S3 User Guide, "Required permissions for S3 API operations")."""


_APPLICATION = re.compile(r".*\bapp/(vpce-[0-9a-f]+)")


def apply() -> None:
    """Evaluate bucket policies with their conditions; refuse malformed policies."""
    registry.replace(FakeBucket, "get_permission", "7571412a3495", lambda _: _permission)
    registry.replace(S3Backend, "put_bucket_policy", "cb66d163aa17", _checked)
    # moto marks what it denied with an empty body: AWS says AccessDenied.
    registry.replace(responses.S3Response, "_key_response", "eb67586ff76b", _speaking)


def _permission(self: Any, action: str, resource: str) -> Any:
    if self.policy is None or not has_request_context():
        return PermissionResult.NEUTRAL
    principal, context = _caller(self)
    requested = Request(
        principal=principal,
        action=_action(action),
        resource=resource,
        resource_account=self.account_id,
        context={key: [value] for key, value in context.items()},
    )
    effects = {
        statement.allow for statement in _parsed(self.policy).statements if statement_applies(statement, requested)
    }
    if False in effects:
        return PermissionResult.DENIED
    return PermissionResult.PERMITTED if effects else PermissionResult.NEUTRAL


@lru_cache(maxsize=1024)
def _parsed(document: bytes) -> Policy:
    return Policy.parse("bucket policy", document.decode())


def _action(condition_action: str) -> str:
    action = _ACTIONS.get(condition_action, condition_action)
    return _OF_A_VERSION.get(action, action) if request.args.get("versionId") else action


def _caller(bucket: Any) -> tuple[Principal, dict[str, str]]:
    """Return the principal and the condition keys of the request. A loopback connection counts as TLS 1.3."""
    context = {"aws:securetransport": "true", "s3:tlsversion": "1.3", "aws:viaawsservice": "false"}
    key = wire.credential_scope(request.environ).access_key
    account = get_account_id_from(key)
    role = sts_backends[account]["aws"].get_assumed_role_from_access_key(key)
    arn = role.role_arn if role is not None else f"arn:aws:iam::{account}:root"
    context |= {
        "aws:principalarn": arn,
        "aws:principalaccount": account,
        "aws:principalisawsservice": "false",
        "aws:resourceaccount": bucket.account_id,
        "aws:sourceip": "127.0.0.1",
    }
    context |= {key: request.headers[header] for key, header in _HEADERS.items() if header in request.headers}
    if role is not None:
        context |= {f"aws:principaltag/{key.lower()}": value for key, value in _tags(arn).items()}
    context |= endpoint(context.get("aws:sourcevpce") or _APPLICATION.match(request.headers.get("User-Agent", "")))
    organization = _organization(account)
    if organization is not None:
        context["aws:principalorgid"] = organization
    kind = PrincipalKind.ROOT if role is None else PrincipalKind.ROLE
    session_arn = "" if role is None else str(role.arn)
    return Principal(arn=arn, account=account, kind=kind, session_arn=session_arn), context


def _tags(role_arn: str) -> dict[str, str]:
    """Return the tags of a role. Session tags are not emulated."""
    roles = iam_backends[role_arn.split(":")[4]]["aws"].roles.values()
    role = next((entry for entry in roles if entry.arn == role_arn), None)
    tags: Any = [] if role is None else role.tags
    return {tag["Key"]: tag["Value"] for tag in (tags.values() if isinstance(tags, dict) else tags)}


def endpoint(value: str | re.Match[str] | None) -> dict[str, str]:
    """Return the condition keys of a request through a VPC endpoint: VPC, owning account, and the owner's organisation.

    Who cannot send a header of his own says it with botocore's own setting, `AWS_SDK_UA_APP_ID=vpce-…`.
    """
    name = str(value[1]) if isinstance(value, re.Match) else value or ""
    for account, regions in ec2_backends.items() if name else ():
        for backend in regions.values():
            vpc_end_point = backend.vpc_end_points.get(name)
            if vpc_end_point is not None:
                organization = _organization(account)
                owner = {"aws:vpceorgid": organization} if organization else {}
                return {
                    "aws:sourcevpce": name,
                    "aws:sourcevpc": str(vpc_end_point.vpc_id),
                    "aws:vpceaccount": account,
                    **owner,
                }
    return {}


def _organization(account: str) -> str | None:
    master, partition = organizations_backends.master_accounts.get(account, (account, "aws"))
    result = organizations_backends[master][partition].org
    return result.id if result is not None else None


def _checked(original: Any) -> Any:
    def put_bucket_policy(self: Any, bucket_name: str, policy: bytes) -> None:
        try:
            statements = Policy.parse("bucket policy", policy.decode()).statements
        except (PolicyError, UnicodeDecodeError, AttributeError):
            statements = []
        if not statements:
            raise S3ClientError("MalformedPolicy", "This policy contains invalid Json or an invalid statement")
        original(self, bucket_name, policy)

    return put_bucket_policy


def _speaking(original: Any) -> Any:
    def _key_response(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = original(self, *args, **kwargs)
        if answer == (403, {}, ""):
            raise S3ClientError("AccessDenied", "Access Denied: an explicit deny in the bucket policy")
        return answer

    return _key_response
