"""The condition keys of a request, computed only when a policy that can apply compares them.

A key that AWS does not send with the action is absent. A key that AWS sends and this module does not compute is an
UncomputedKeyError, never an absent key. Source: IAM User Guide, "AWS global condition context keys", and the Service
Authorization Reference of each service.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from authorization import PrincipalKind, reference
from rehearsal.cloud.authorization import lookups, model_packages, network, organization, tags
from rehearsal.cloud.authorization.callers import Caller
from rehearsal.cloud.authorization.resources import Resource
from rehearsal.cloud.authorization.service_keys import SERVICE_KEYS
from rehearsal.cloud.requests import ParsedRequest

Values = Sequence[str]
ABSENT: Final = None
_ENCRYPTION_CONTEXT: Final = "kms:encryptioncontext:"
_CONTEXTS: Final[Mapping[str, str]] = {
    "kms:ReEncryptFrom": "SourceEncryptionContext",
    "kms:ReEncryptTo": "DestinationEncryptionContext",
}
"""Action -> member of the request with its encryption context; `EncryptionContext` for all others."""


class UncomputedKeyError(Exception):
    """AWS sends a condition key with an action, and the emulated cloud does not compute it."""

    def __init__(self, key: str, action: str) -> None:
        super().__init__(f"{key} of {action}")
        self.key, self.action = key, action


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """Input of the condition keys: one action on one resource by one caller."""

    request: ParsedRequest
    caller: Caller
    action: str
    resource: Resource
    extra: Mapping[str, Values]
    """Keys in lower case with their values, for a call that a service makes on behalf of the caller."""


def value(subject: Subject, key: str) -> Values | None:
    """The values of a condition key.

    Args:
        subject: what is decided.
        key: name of the key; upper and lower case are the same.

    Returns:
        The values; None when the request does not carry the key.

    Raises:
        UncomputedKeyError: AWS sends the key, and this module has no rule for it.
    """
    name = key.lower()
    if name in subject.extra:
        return subject.extra[name]
    return _global_value(subject, key) if name.startswith("aws:") else _service_value(subject, key)


def _global_value(subject: Subject, key: str) -> Values | None:
    compute = _GLOBAL.get(key.lower())
    if compute is not None:
        return compute(subject)
    prefix, _, tag = key.partition("/")
    if prefix.lower() in _TAG_KEYS:
        return _TAG_KEYS[prefix.lower()](subject, tag)
    raise UncomputedKeyError(key, subject.action)


def _service_value(subject: Subject, key: str) -> Values | None:
    name = key.lower()
    if not _sent(subject.action, name):
        return ABSENT
    compute = _OF_SUBJECT.get(name)
    if compute is not None:
        return compute(subject)
    rule = SERVICE_KEYS.get(name)
    if rule is not None:
        return rule(subject.request, subject.resource.arn)
    prefix, _, tag = key.partition("/")
    tag_rule = _SERVICE_TAG_KEYS.get(prefix.lower().partition(":")[2])
    if tag and tag_rule is not None:
        return tag_rule(subject, tag)
    if tag and prefix.lower() in (model_packages.REQUESTED, model_packages.CURRENT):
        return model_packages.metadata(subject.request, subject.resource.arn, prefix.lower(), tag)
    if name.startswith(_ENCRYPTION_CONTEXT):
        return _encryption_context(subject, name.removeprefix(_ENCRYPTION_CONTEXT))
    raise UncomputedKeyError(key, subject.action)


def _context_of(subject: Subject) -> Mapping[str, str]:
    """The encryption context of an action; `ReEncrypt` has one for each of its two actions."""
    member = _CONTEXTS.get(subject.action, "EncryptionContext")
    context: Mapping[str, str] = subject.request.parameters.get(member) or {}
    return context


def _on_same_key(subject: Subject) -> Values:
    source, destination = lookups.reencrypting_keys(subject.request, subject.caller.principal.account)
    return _flag(source == destination)


def _encryption_context(subject: Subject, key: str) -> Values | None:
    context = _context_of(subject)
    return _single(next((str(text) for name, text in context.items() if name.lower() == key), None))


def _sent(action: str, key: str) -> bool:
    """Return whether AWS sends a service's own key with an action, by the Service Authorization Reference."""
    row = reference.action(action)
    if row is None or key.partition(":")[0] != action.partition(":")[0].lower():
        return False
    return any(_pattern_matches(sent.lower(), key) for sent in row.all_condition_keys())


def _pattern_matches(sent: str, key: str) -> bool:
    if sent == key:
        return True
    head = re.split(r"\$\{|<", sent)[0]
    return head != sent and key.startswith(head)


def _single(text: str | None) -> Values | None:
    return [text] if text else ABSENT


def _flag(value_: bool) -> Values:
    return ["true" if value_ else "false"]


def _service(subject: Subject) -> str | None:
    """Name of the service whose service principal makes the request; None for every other principal."""
    principal = subject.caller.principal
    return principal.arn if principal.kind is PrincipalKind.SERVICE else None


def _now(_: Subject) -> Values:
    return [datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]


def _multi_factor(subject: Subject) -> Values | None:
    if subject.action == "sts:AssumeRole":
        parameters = subject.request.parameters
        present = bool(parameters.get("SerialNumber") and parameters.get("TokenCode"))
        return _flag(present) if present or subject.caller.principal.session_arn else ABSENT
    return _flag(subject.caller.session.multi_factor) if subject.caller.principal.session_arn else ABSENT


def _multi_factor_age(subject: Subject) -> Values | None:
    parameters = subject.request.parameters
    if subject.action == "sts:AssumeRole" and parameters.get("SerialNumber") and parameters.get("TokenCode"):
        return ["0"]
    started = subject.caller.session.multi_factor_at
    return [str(int((datetime.now(UTC) - started).total_seconds()))] if started is not None else ABSENT


def _user_id(caller: Caller) -> str | None:
    """IAM User Guide, "AWS global condition context keys": a role session's is `ROLE_ID:SESSION_NAME`."""
    identifier: str | None = getattr(caller.entity, "id", None)
    session = caller.principal.session_arn
    return f"{identifier}:{session.rpartition('/')[2]}" if identifier and session else identifier


def _requested_tag(subject: Subject, key: str) -> Values | None:
    return _single(
        next((value_ for name, value_ in tags.requested(subject.request).items() if name.lower() == key.lower()), None)
    )


def _resource_tag(subject: Subject, key: str) -> Values | None:
    existing = tags.of_resource(subject.resource.arn, subject.request.region)
    return _single(next((value_ for name, value_ in existing.items() if name.lower() == key.lower()), None))


def _principal_tag(subject: Subject, key: str) -> Values | None:
    return _single(next((value_ for name, value_ in subject.caller.tags.items() if name.lower() == key.lower()), None))


def _tag_keys(subject: Subject) -> Values | None:
    names = list(tags.requested(subject.request)) or tags.removed(subject.request)
    return names or ABSENT


def _network(key: str) -> Callable[[Subject], Values | None]:
    return lambda subject: _single(network.endpoint_keys(subject.request.headers).get(key))


_GLOBAL: Final[Mapping[str, Callable[[Subject], Values | None]]] = {
    "aws:assumedroot": lambda _: ABSENT,
    "aws:calledvia": lambda _: ABSENT,
    "aws:calledviafirst": lambda _: ABSENT,
    "aws:calledvialast": lambda _: ABSENT,
    "aws:currenttime": _now,
    "aws:epochtime": lambda _: [str(int(datetime.now(UTC).timestamp()))],
    "aws:federatedprovider": lambda _: ABSENT,
    "aws:multifactorauthage": _multi_factor_age,
    "aws:multifactorauthpresent": _multi_factor,
    "aws:principalaccount": lambda subject: _single(subject.caller.principal.account),
    "aws:principalarn": lambda subject: ABSENT if _service(subject) else _single(subject.caller.principal.arn),
    "aws:principalisawsservice": lambda subject: _flag(_service(subject) is not None),
    "aws:principalorgid": lambda subject: _single(organization.organization_id(subject.caller.principal.account)),
    "aws:principalorgpaths": lambda subject: _single(organization.path(subject.caller.principal.account)),
    "aws:principalservicename": lambda subject: _single(_service(subject)),
    "aws:principalservicenameslist": lambda subject: _single(_service(subject)),
    "aws:principaltype": lambda subject: (
        ABSENT if _service(subject) else ["AssumedRole" if subject.caller.principal.session_arn else "User"]
    ),
    "aws:requestedregion": lambda subject: _single(subject.request.region),
    "aws:resourceaccount": lambda subject: _single(subject.resource.account),
    "aws:resourceorgid": lambda subject: _single(organization.organization_id(subject.resource.account)),
    "aws:resourceorgpaths": lambda subject: _single(organization.path(subject.resource.account)),
    "aws:securetransport": lambda _: _flag(True),  # noqa: FBT003 - loopback counts as TLS 1.3
    "aws:sourceaccount": lambda _: ABSENT,
    "aws:sourcearn": lambda _: ABSENT,
    "aws:sourceidentity": lambda subject: _single(subject.caller.session.source_identity),
    "aws:sourceip": lambda subject: (
        ABSENT if _service(subject) or network.endpoint_keys(subject.request.headers) else ["127.0.0.1"]
    ),
    "aws:sourceorgid": lambda _: ABSENT,
    "aws:sourceowner": lambda subject: _single(subject.caller.principal.account),
    "aws:sourceorgpaths": lambda _: ABSENT,
    "aws:sourcevpc": _network("aws:sourcevpc"),
    "aws:sourcevpce": _network("aws:sourcevpce"),
    "aws:tagkeys": _tag_keys,
    "aws:tokenissuetime": lambda _: ABSENT,
    "aws:useragent": lambda subject: _single(subject.request.headers.get("user-agent")),
    "aws:userid": lambda subject: _single(_user_id(subject.caller)),
    "aws:username": lambda subject: (
        ABSENT
        if subject.caller.principal.session_arn or _service(subject)
        else _single(subject.caller.principal.arn.rpartition("/")[2])
    ),
    "aws:viaawsservice": lambda _: _flag(False),  # noqa: FBT003
    "aws:vpceaccount": _network("aws:vpceaccount"),
    "aws:vpceorgid": _network("aws:vpceorgid"),
}
_OF_SUBJECT: Final[Mapping[str, Callable[[Subject], Values | None]]] = {
    "kms:calleraccount": lambda subject: _single(subject.caller.principal.account),
    "kms:encryptioncontextkeys": lambda subject: list(_context_of(subject)) or ABSENT,
    "kms:reencryptonsamekey": _on_same_key,
}
"""Key of a service -> how its values are computed, when the request and the resource do not suffice."""
_TAG_KEYS: Final[Mapping[str, Callable[[Subject, str], Values | None]]] = {
    "aws:principaltag": _principal_tag,
    "aws:requesttag": _requested_tag,
    "aws:resourcetag": _resource_tag,
}
_SERVICE_TAG_KEYS: Final[Mapping[str, Callable[[Subject, str], Values | None]]] = {
    "requesttag": _requested_tag,
    "resourcetag": _resource_tag,
}
