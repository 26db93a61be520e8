"""The principal of a request, found by its access key: an IAM user, a role session, or the management account."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from authorization import Principal
from rehearsal.cloud.authorization import tags
from rehearsal.cloud.authorization.entities import role_by_arn
from rehearsal.cloud.endpoints import MANAGEMENT
from rehearsal.cloud.requests import ParsedRequest

_ACCESS_KEY: Final = re.compile(rb"<AccessKeyId>([A-Z0-9]+)</AccessKeyId>")
ASSUMING: Final = ("AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity")


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionContext:
    """Context of a role session: tags, source identity and policies."""

    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """Session tags; each overrides a tag of the role with the same key."""
    transitive_keys: frozenset[str] = frozenset()
    """Keys of the session tags that pass to the sessions which the session starts."""
    policy: str = ""
    """Session policy, JSON; empty when the session has none."""
    source_identity: str = ""
    multi_factor: bool = False
    """Whether the session was started with a code of a multi-factor device."""
    multi_factor_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """The principal of a request."""

    principal: Principal
    administrator: bool = False
    """Whether these are the credentials that the rehearsal starts with: an administrator of the management account."""
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    """Tags of the user or role, overridden by those of the session."""
    session: SessionContext = field(default_factory=SessionContext)
    entity: Any = None
    """moto's user or role; None for the administrator, the root user and a web identity."""
    claims: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Condition key in lower case -> values, of a web identity's token."""


class UnknownAccessKeyError(Exception):
    """No user, role session or rehearsal has the access key."""


class ExpiredSessionError(Exception):
    """The role session has ended."""


class Callers:
    """Finds callers; remembers sessions, which moto keeps without their tags."""

    def __init__(self, management_account: str) -> None:
        self._management_account = management_account
        self._contexts: dict[str, SessionContext] = {}
        self._sessions: dict[str, Any] = {}

    def caller(self, access_key: str) -> Caller:
        """The caller with an access key.

        Args:
            access_key: access key id of the request's credential scope.

        Raises:
            UnknownAccessKeyError: nobody has it.
            ExpiredSessionError: its session has ended.
        """
        if access_key == MANAGEMENT.access_key:
            arn = f"arn:aws:iam::{self._management_account}:user/moto"
            return Caller(principal=Principal.of(arn), administrator=True)
        session = self._session(access_key)
        if session is not None:
            return self._session_caller(access_key, session)
        user = _user(access_key)
        if user is None:
            raise UnknownAccessKeyError(access_key)
        return Caller(principal=Principal.of(user.arn), tags=tags.of_entity(user), entity=user)

    def remember(self, request: ParsedRequest, caller: Caller, body: bytes) -> None:
        """Remembers what a role session was started with.

        Args:
            request: request of one of the operations in ASSUMING that succeeded.
            caller: who made it.
            body: body of the response.
        """
        access_key = _ACCESS_KEY.search(body)
        if access_key is None:
            return
        parameters = request.parameters
        inherited = caller.session.transitive_keys
        transitive = {key: value for key, value in caller.session.tags.items() if key in inherited}
        multi_factor = bool(parameters.get("SerialNumber") and parameters.get("TokenCode"))
        self._contexts[access_key[1].decode()] = SessionContext(
            tags={**transitive, **tags.requested(request)},
            transitive_keys=inherited.union(parameters.get("TransitiveTagKeys") or ()),
            policy=str(parameters.get("Policy") or ""),
            # A source identity persists over role chaining (IAM User Guide, "Monitor and control actions taken with
            # assumed roles").
            source_identity=caller.session.source_identity or str(parameters.get("SourceIdentity") or ""),
            multi_factor=multi_factor,
            multi_factor_at=datetime.now(UTC) if multi_factor else None,
        )

    def _session(self, access_key: str) -> Any:
        if access_key not in self._sessions:
            for account in list(sts_backends):
                for session in sts_backends[account]["aws"].assumed_roles:
                    self._sessions[session.access_key_id] = session
        return self._sessions.get(access_key)

    def _session_caller(self, access_key: str, session: Any) -> Caller:
        if session.expiration.replace(tzinfo=UTC) < datetime.now(UTC):
            raise ExpiredSessionError(access_key)
        context = self._contexts.get(access_key, SessionContext())
        return role_session(str(session.role_arn), str(session.session_name), context)


def role_session(role_arn: str, name: str, context: SessionContext | None = None) -> Caller:
    """A session of a role, which may be deleted by now.

    Args:
        role_arn: ARN of the role.
        name: name of the session.
        context: context of the session; by default none, as of a session of a service.
    """
    context = context or SessionContext()
    role = role_by_arn(role_arn)
    principal = Principal.of(role_arn)
    session_arn = f"arn:aws:sts::{principal.account}:assumed-role/{role_arn.rsplit('/', maxsplit=1)[-1]}/{name}"
    return Caller(
        principal=Principal(arn=principal.arn, account=principal.account, kind=principal.kind, session_arn=session_arn),
        tags={**(tags.of_entity(role) if role is not None else {}), **context.tags},
        session=context,
        entity=role,
    )


def _user(access_key: str) -> Any:
    for account in list(iam_backends):
        user = iam_backends[account]["aws"].get_user_from_access_key_id(access_key)
        if user is not None:
            return user
    return None
