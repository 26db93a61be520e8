"""A request to AWS as its authorization sees it: principal, action, resource and condition keys."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

Values = Sequence[str]
"""A condition key's values; most keys have one."""

_ARN: Final = re.compile(r"arn:(?P<partition>aws[a-z-]*):(iam|sts)::(?P<account>\d{12}):(?P<name>.+)")
_SERVICE: Final = re.compile(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?")


class PrincipalKind(StrEnum):
    """Kinds of principals that the evaluation treats differently."""

    ROLE = "role"
    USER = "user"
    ROOT = "root"
    SERVICE = "service"
    SERVICE_LINKED_ROLE = "service-linked role"
    FEDERATED = "federated"
    """An identity of an OIDC or SAML provider that assumes a role."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """The principal that makes the request."""

    arn: str
    """The value of `aws:PrincipalArn`: for a role session the role's ARN. For a service its name."""
    account: str
    """12 digits; empty for a service and for a federated identity."""
    kind: PrincipalKind
    session_arn: str = ""
    """For a role session whose name is known, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`."""

    @property
    def caller_arn(self) -> str:
        """The ARN that AWS names the caller by: that of the session, otherwise that of the principal."""
        return self.session_arn or self.arn

    @classmethod
    def of(cls, arn: str) -> "Principal":
        """Reads a principal from its ARN or service name.

        The ARN of a role session does not hold the role's path: the role is taken to have none. The ARN of an OIDC or
        SAML provider stands for the identities that the provider signs in.

        Raises:
            ValueError: it is neither an IAM or STS ARN nor a service such as `s3.amazonaws.com`.
        """
        if _SERVICE.fullmatch(arn):
            return cls(arn=arn, account="", kind=PrincipalKind.SERVICE)
        parts = _ARN.fullmatch(arn)
        if parts is None:
            raise ValueError(f"principal {arn!r} is neither an IAM or STS ARN nor a service such as s3.amazonaws.com")
        account, name, session_arn = parts["account"], parts["name"], ""
        kind, _, path = name.partition("/")
        if kind == "assumed-role":
            role, _, session = path.partition("/")
            session_arn = arn if session else ""
            kind, path, name = "role", role, f"role/{role}"
        arn = f"arn:{parts['partition']}:iam::{account}:{name}"
        if kind in ("oidc-provider", "saml-provider"):
            return cls(arn=arn, account="", kind=PrincipalKind.FEDERATED)
        kinds = {"role": PrincipalKind.ROLE, "user": PrincipalKind.USER, "root": PrincipalKind.ROOT}
        if kind not in kinds:
            raise ValueError(f"principal {arn!r} must be a role, user, assumed-role, root or identity provider")
        service_linked = kind == "role" and path.startswith("aws-service-role/")
        principal_kind = PrincipalKind.SERVICE_LINKED_ROLE if service_linked else kinds[kind]
        return cls(arn=arn, account=account, kind=principal_kind, session_arn=session_arn)

    @property
    def root_arn(self) -> str:
        """The ARN that stands for the principal's account in policies; empty for a service."""
        return f"{':'.join(self.arn.split(':')[:2])}:iam::{self.account}:root" if self.account else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A call of one action on one resource."""

    principal: Principal
    action: str
    """`service:Action`; upper and lower case are the same."""
    resource: str
    """An ARN, or `*` for actions that have no resource."""
    resource_account: str = ""
    """Account that owns the resource, 12 digits; the principal's own if empty."""
    context: Mapping[str, Values] = field(default_factory=dict[str, Values])
    """Condition key -> values. A key that is neither here nor derived from the principal is absent."""
    _values: Mapping[str, Values] = field(init=False, repr=False, compare=False)
    """Condition key in lower case -> values."""

    def __post_init__(self) -> None:
        values = {key.lower(): values for key, values in self.complete().items()}
        object.__setattr__(self, "_values", values)

    def value(self, key: str) -> Values | None:
        """A condition key's values, `None` if the key is absent; upper and lower case are the same."""
        return self._values.get(key.lower())

    def complete(self) -> Mapping[str, Values]:
        """The context with the keys that AWS derives from the principal and the resource's owner."""
        principal = self.principal
        derived: dict[str, Values] = {}
        if principal.kind is PrincipalKind.SERVICE:
            derived["aws:PrincipalIsAWSService"] = ["true"]
            derived["aws:PrincipalServiceName"] = [principal.arn]
        elif principal.kind is PrincipalKind.FEDERATED:
            derived["aws:PrincipalIsAWSService"] = ["false"]
        else:
            derived["aws:PrincipalArn"] = [principal.arn]
            derived["aws:PrincipalAccount"] = [principal.account]
            derived["aws:PrincipalIsAWSService"] = ["false"]
            derived["aws:PrincipalType"] = [_TYPES[principal.kind]]
        owner = self.resource_account or principal.account
        if owner:
            derived["aws:ResourceAccount"] = [owner]
        overridden = {key.lower() for key in self.context}
        return {**{key: values for key, values in derived.items() if key.lower() not in overridden}, **self.context}


_TYPES: Final = {
    PrincipalKind.ROLE: "AssumedRole",
    PrincipalKind.SERVICE_LINKED_ROLE: "AssumedRole",
    PrincipalKind.USER: "User",
    PrincipalKind.ROOT: "Account",
}
