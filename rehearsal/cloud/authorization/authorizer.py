"""Decides requests: SCPs, RCPs, identity policies, boundary, session policy and resource policy of this moment."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from authorization import Decision, Level, Policies, Policy, PrincipalKind, Request, evaluate
from authorization.evaluation import BOUNDARY, ENDPOINT, IDENTITY, RESOURCE, SESSION
from authorization.variables import VARIABLE
from rehearsal.cloud.authorization import actions, conditions, dependent, identity, organization
from rehearsal.cloud.authorization.callers import (
    ASSUMING,
    Caller,
    Callers,
    ExpiredSessionError,
    UnknownAccessKeyError,
)
from rehearsal.cloud.authorization.conditions import Subject, UncomputedKeyError
from rehearsal.cloud.authorization.denials import Denial
from rehearsal.cloud.authorization.dependent import Needed
from rehearsal.cloud.authorization.network import endpoint_policy
from rehearsal.cloud.authorization.parsed import Narrowed, parsed_policy
from rehearsal.cloud.authorization.record import Record
from rehearsal.cloud.authorization.resource_policies import resource_policy
from rehearsal.cloud.authorization.resources import resources
from rehearsal.cloud.authorization.service_sessions import SERVICE_SESSIONS
from rehearsal.cloud.authorization.web_identity import InvalidIdentityTokenError, web_identity
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.requests import ParsedRequest

DENIAL_CODES: Final[Mapping[str, str]] = {
    "cloudwatch": "AccessDenied",
    "ec2": "UnauthorizedOperation",
    "iam": "AccessDenied",
    "s3": "AccessDenied",
    "sns": "AuthorizationError",
    "sts": "AccessDenied",
}
"""Service -> error code of a denial; `AccessDeniedException` for all others."""
CLOSED_CODES: Final[Mapping[str, str]] = {"ec2": "Blocked", "s3": "AccountProblem"}
"""Service -> error code for a principal of a closed account; `InvalidClientTokenId` for all others."""
_POLICY_TYPES: Final[Mapping[str, str]] = {
    "SCP": "service control policy",
    "RCP": "resource control policy",
    IDENTITY: "identity-based policy",
    RESOURCE: "resource-based policy",
    BOUNDARY: "permissions boundary",
    SESSION: "session policy",
    ENDPOINT: "VPC endpoint policy",
}
"""Layer of a decision, without the place where it is attached -> policy type in AWS's messages."""


class Authorizer:
    """Decides the requests of one cloud, and counts what it decided and what it could not."""

    def __init__(self, management_account: str) -> None:
        self.record = Record()
        self._callers = Callers(management_account)
        self._narrowed = Narrowed()

    def identify(self, request: ParsedRequest) -> Caller | Refusal:
        """The caller of a request, or why AWS does not accept who it is."""
        if not request.scope.access_key:
            return self._identify_unsigned(request)
        service = SERVICE_SESSIONS.principal(request.scope.access_key)
        if service is not None:
            return service.caller()
        try:
            caller = self._callers.caller(request.scope.access_key)
        except UnknownAccessKeyError:
            return _forbidden("InvalidClientTokenId", "The security token included in the request is invalid.")
        except ExpiredSessionError:
            return _forbidden("ExpiredToken", "The security token included in the request is expired")
        if organization.is_closed(caller.principal.account):
            return _forbidden(CLOSED_CODES.get(request.service, "InvalidClientTokenId"), "The account is closed.")
        return caller

    def denial(self, request: ParsedRequest, caller: Caller, request_id: str) -> Refusal | None:
        """Why a request is denied; None when it is allowed.

        Args:
            request: the request, valid by its service's model.
            caller: who makes it.
            request_id: id in the response, by which `zone can --why` finds the denial.
        """
        action = actions.action(request)
        if action is None:
            self.record.count("undecided", request, "the operation has no action in the tables")
            return None
        if action == actions.NONE:
            self.record.count("decided", request)
            return None
        return self.denial_of(request, caller, self._needed(request, caller, action), request_id, action)

    def denial_of(
        self, request: ParsedRequest, caller: Caller, needed: Iterable[Needed], request_id: str, own_action: str = ""
    ) -> Refusal | None:
        """Why one of several actions is denied; None when all are allowed.

        Args:
            request: the request that needs the actions, or what a service does by itself in the form of a request.
            caller: who makes it: for a service, a session of its role.
            needed: the actions.
            request_id: id by which `zone can --why` finds the denial.
            own_action: the action of the request itself, which alone goes through the VPC endpoint of the request.
        """
        endpoint = endpoint_policy(request.headers)
        for action, resource, extra in needed:
            subject = Subject(
                request=request, caller=caller, action=action, resource=resource, extra={**extra, **caller.claims}
            )
            try:
                decided, decision = self._decide(subject, endpoint if action == own_action else None)
            except UncomputedKeyError as error:
                self.record.count("uncomputed", request, error.key)
                message = f"The emulated cloud does not compute the condition key {error.key} of {error.action}."
                return _forbidden("UncomputedConditionKey", message)
            if not decision.allowed:
                self.record.count("denied", request)
                self.record.keep(Denial.of(request_id, request, decided, decision))
                return _denial(subject, decision)
            if caller.principal.kind is not PrincipalKind.SERVICE:
                self.record.use(caller.principal.arn, action)
        self.record.count("decided", request)
        return None

    def succeeded(self, request: ParsedRequest, caller: Caller, body: bytes) -> None:
        """Remembers what the body of a successful response says about later requests: the tags of a role session."""
        if request.service == "sts" and request.operation in ASSUMING:
            self._callers.remember(request, caller, body)

    def _identify_unsigned(self, request: ParsedRequest) -> Caller | Refusal:
        """An unsigned request carries the token of a web identity, or is anonymous."""
        if request.service == "sts" and request.operation == "AssumeRoleWithWebIdentity":
            try:
                return web_identity(request)
            except InvalidIdentityTokenError as error:
                return _forbidden("InvalidIdentityToken", str(error))
        self.record.count("denied", request)
        return _forbidden("AccessDenied", "Access Denied: the request is not signed.")

    def _needed(self, request: ParsedRequest, caller: Caller, action: str) -> Iterator[Needed]:
        for resource in resources(request, action, caller.principal.account):
            if not resource.exact:
                self.record.count("approximated", request)
            yield action, resource, {}
        yield from dependent.needed(request, caller.principal.account)

    def _decide(self, subject: Subject, endpoint: Policy | None) -> tuple[Request, Decision]:
        principal, action, resource = subject.caller.principal, subject.action, subject.resource
        policy = resource_policy(resource.arn, action)
        session = subject.caller.session.policy
        policies = Policies(
            identity=[self._narrowed.policy(entry, action) for entry in identity.identity_policies(subject.caller)],
            boundary=self._optional(identity.boundary(principal.account, subject.caller.entity), action),
            session=self._optional(parsed_policy("session policy", session), action) if session else None,
            resource=self._optional(policy, action),
            endpoint=self._optional(endpoint, action),
            scps=self._levels(principal.account, organization.SCP, action),
            rcps=self._levels(resource.account, organization.RCP, action),
            management_account=organization.management_account(principal.account or resource.account),
        )
        request = Request(
            principal=principal,
            action=action,
            resource=resource.arn,
            resource_account=resource.account,
            context=_context(subject, policies),
        )
        return request, evaluate(request, policies)

    def _levels(self, account: str, policy_type: str, action: str) -> Sequence[Level]:
        return [
            (name, [self._narrowed.policy(policy, action) for policy in attached])
            for name, attached in organization.levels(account, policy_type)
        ]

    def _optional(self, policy: Policy | None, action: str) -> Policy | None:
        return self._narrowed.policy(policy, action) if policy is not None else None


def _context(subject: Subject, policies: Policies) -> Mapping[str, Sequence[str]]:
    """The values of every condition key that a statement compares or substitutes."""
    keys: dict[str, str] = {}
    for policy in _every(policies):
        for statement in policy.statements:
            for tests in statement.conditions.values():
                keys |= {key.lower(): key for key in tests}
                texts = [text for values in tests.values() for text in values]
                keys |= {name.lower(): name for text in texts for name in _variables(text)}
            for text in (*(statement.resources or ()), *(statement.not_resources or ())):
                keys |= {name.lower(): name for name in _variables(text)}
    values = {key: conditions.value(subject, key) for key in keys.values()}
    return {key: list(value) for key, value in values.items() if value is not None}


def _variables(text: str) -> list[str]:
    names = VARIABLE.findall(text) if "${" in text else []
    return [name.split(",")[0].strip() for name in names if ":" in name]


def _every(policies: Policies) -> Iterator[Policy]:
    yield from policies.identity
    for policy in (policies.boundary, policies.session, policies.resource, policies.endpoint):
        if policy is not None:
            yield policy
    for _, attached in (*policies.scps, *policies.rcps):
        yield from attached


def _denial(subject: Subject, decision: Decision) -> Refusal:
    """The error in AWS's form (IAM User Guide, "Troubleshoot access denied error messages")."""
    principal = subject.caller.principal
    if decision.because:
        statements = "; ".join(map(str, decision.because))
        reason = f"with an explicit deny in {_policy_type(decision.because[0].layer, 'a')} ({statements})"
    else:
        allowing = _policy_type(decision.missing, "no")
        reason = f"because {allowing} allows the {subject.action} action ({decision.missing})"
    return _forbidden(
        DENIAL_CODES.get(subject.request.service, "AccessDeniedException"),
        f"User: {principal.caller_arn} is not authorized to perform: {subject.action} "
        f"on resource: {subject.resource.arn} {reason}",
    )


def _policy_type(layer: str, article: str) -> str:
    name = _POLICY_TYPES[layer.partition(" on ")[0]]
    return f"{'an' if article == 'a' and name.startswith('i') else article} {name}"


def _forbidden(code: str, message: str) -> Refusal:
    return Refusal(code=code, message=message, status=403)
