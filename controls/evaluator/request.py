"""A request to AWS, as its authorisation sees it: who asks, for what, on what, with which context."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

Values = Sequence[str]
"""A context key's values; most keys have one."""

_ROLE = re.compile(r"^arn:(?P<partition>aws[a-z-]*):(iam|sts)::(?P<account>\d{12}):(?P<rest>.+)$")


class PrincipalKind(StrEnum):
    """Kinds of principals that policies treat differently."""

    ROLE = "role"
    USER = "user"
    ROOT = "root"
    SERVICE = "service"
    SERVICE_LINKED_ROLE = "service-linked role"


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """Who makes the request.

    `arn` is the ARN that policies test with `aws:PrincipalArn`: the role's, not the session's (IAM User Guide, "AWS
    global condition context keys"). A service has no account: `account` is empty and `arn` is its name.
    """

    arn: str
    account: str
    kind: PrincipalKind

    @classmethod
    def of(cls, arn: str) -> "Principal":
        """Reads a principal from its ARN or service name.

        Raises:
            ValueError: it is neither an IAM or STS ARN nor a service such as `s3.amazonaws.com`.
        """
        if re.fullmatch(r"[a-z0-9.-]+\.amazonaws\.com", arn):
            return cls(arn=arn, account="", kind=PrincipalKind.SERVICE)
        found = _ROLE.match(arn)
        if found is None:
            raise ValueError(f"principal {arn!r} is neither an IAM or STS ARN nor a service such as s3.amazonaws.com")
        account, rest = found["account"], found["rest"]
        kind, _, name = rest.partition("/")
        if kind == "assumed-role":
            rest, kind = f"role/{name.partition('/')[0]}", "role"
        arn = f"arn:{found['partition']}:iam::{account}:{rest}"
        if kind == "role" and name.startswith("aws-service-role/"):
            return cls(arn=arn, account=account, kind=PrincipalKind.SERVICE_LINKED_ROLE)
        kinds = {"role": PrincipalKind.ROLE, "user": PrincipalKind.USER, "root": PrincipalKind.ROOT}
        if kind not in kinds:
            raise ValueError(f"principal {arn!r} must be a role, user, assumed-role or root")
        return cls(arn=arn, account=account, kind=kinds[kind])


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """One call of one action on one resource."""

    principal: Principal
    action: str
    """`service:Action`, compared without regard to case."""
    resource: str
    """An ARN, or `*` for actions that have no resource."""
    resource_account: str = ""
    """Account that owns the resource; the principal's own if empty."""
    context: Mapping[str, Values] = field(default_factory=dict[str, Values])
    """Condition key -> values. A key that is not here is absent from the request."""

    def value(self, key: str) -> Values | None:
        """A context key's values, `None` if the request does not carry it; keys are compared without regard to case."""
        lowered = key.lower()
        return next((values for name, values in self.complete().items() if name.lower() == lowered), None)

    def complete(self) -> Mapping[str, Values]:
        """The context with the keys that AWS derives from the principal itself."""
        principal = self.principal
        derived: dict[str, Values] = {}
        if principal.kind is PrincipalKind.SERVICE:
            derived["aws:PrincipalIsAWSService"] = ["true"]
            derived["aws:PrincipalServiceName"] = [principal.arn]
        else:
            derived["aws:PrincipalArn"] = [principal.arn]
            derived["aws:PrincipalAccount"] = [principal.account]
            derived["aws:PrincipalIsAWSService"] = ["false"]
            derived["aws:PrincipalType"] = [_TYPES[principal.kind]]
        owner = self.resource_account or principal.account
        if owner:
            derived["aws:ResourceAccount"] = [owner]
        return {**derived, **self.context}


_TYPES = {
    PrincipalKind.ROLE: "AssumedRole",
    PrincipalKind.SERVICE_LINKED_ROLE: "AssumedRole",
    PrincipalKind.USER: "User",
    PrincipalKind.ROOT: "Account",
}
