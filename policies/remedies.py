"""Automatic remediation for policies with the level `remediate`: tags, and TLS in bucket policies."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from pulumi_policy import ResourceValidationArgs
from pulumi_policy.proxy import UnknownValueError

from controls.rules import Undecided
from controls.rules.checks import OnResource
from controls.rules.documents import denies_insecure_transport, document
from policies.configuration import Parameters
from policies.resources import from_resource_args

Remedy = Callable[[ResourceValidationArgs, Parameters], Mapping[str, Any] | None]
"""Returns the resource's repaired properties, or `None` if there is nothing to repair."""

_insecure = document("policy", denies_insecure_transport)


def _with_tags(args: ResourceValidationArgs, parameters: Parameters) -> Mapping[str, Any] | None:
    present = from_resource_args(args).tags()
    missing = {key: parameters.default_tags[key] for key in parameters.required_tags if not present.get(key)}
    if not missing:
        return None
    return _changed(args.props, "tags", {**dict(args.props.get("tags") or {}), **missing})


def _with_tls(args: ResourceValidationArgs, _parameters: Parameters) -> Mapping[str, Any] | None:
    problems = list(_insecure(from_resource_args(args).props))
    if not problems or any(isinstance(problem, Undecided) for problem in problems):
        return None  # the document is unknown: the check decides at `up`
    policy = json.loads(args.props["policy"]) if isinstance(args.props["policy"], str) else dict(args.props["policy"])
    statements = policy.get("Statement", [])
    bucket = f"arn:aws:s3:::{args.props['bucket']}"
    deny = {
        "Sid": "DenyInsecureTransport",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [bucket, f"{bucket}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy["Statement"] = [*(statements if isinstance(statements, list) else [statements]), deny]
    return _changed(args.props, "policy", json.dumps(policy))


def _changed(props: Any, name: str, value: Any) -> Mapping[str, Any]:
    """The same properties with one replaced, in place: unknown values and secrets in the others stay what they are."""
    props[name] = value
    return props


REMEDIES: Final[Mapping[str, Remedy]] = {"tags-required": _with_tags, "s3-policy-tls-only": _with_tls}
"""Policy -> its remedy."""


def remediation(
    name: str, check: OnResource, parameters: Parameters
) -> Callable[[ResourceValidationArgs], Mapping[str, Any] | None] | None:
    """The callback that the SDK calls for a policy whose level is `remediate`; none for a policy without a remedy."""
    remedy = REMEDIES.get(name)
    if remedy is None:
        return None

    def remediate(args: ResourceValidationArgs) -> Mapping[str, Any] | None:
        if args.resource_type not in check.types:
            return None
        try:
            return remedy(args, parameters)
        except UnknownValueError:
            return None  # unknown as well

    return remediate


REPAIRABLE: Final = frozenset(REMEDIES)
