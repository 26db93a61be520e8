"""Random policies and requests get the same decision from the npm package `@cloud-copilot/iam-simulate`.

`make iam-simulate` installs it. IAM_SIMULATE_EXAMPLES sets the number of random requests per test, 300 by default.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from authorization import Decision, Policies, Policy, Principal, Request, evaluate
from authorization.operators import NEGATED, POSITIVE

DRIVER: Final = Path(__file__).with_name("iam_simulate") / "driver.mjs"
PACKAGE: Final = DRIVER.parent / "node_modules" / "@cloud-copilot" / "iam-simulate"
EXAMPLES: Final = int(os.environ.get("IAM_SIMULATE_EXAMPLES", "300"))
ACCOUNT: Final = "111122223333"
ROLE: Final = f"arn:aws:iam::{ACCOUNT}:role/trainer"
SESSION: Final = f"arn:aws:sts::{ACCOUNT}:assumed-role/trainer/session"
USER: Final = f"arn:aws:iam::{ACCOUNT}:user/alice"
ROOT: Final = f"arn:aws:iam::{ACCOUNT}:root"
QUEUE: Final = f"arn:aws:sqs:us-east-1:{ACCOUNT}:records"

Conditions = Mapping[str, Mapping[str, Sequence[str]]]
Context = Mapping[str, str | Sequence[str]]
Simulate = Callable[[Mapping[str, Any]], str]


@pytest.fixture(scope="module")
def simulate() -> Iterator[Simulate]:
    if shutil.which("node") is None:
        pytest.skip("node is not installed: the differential test needs Node.js 20 or newer")
    if not PACKAGE.exists():
        pytest.skip("@cloud-copilot/iam-simulate is not installed: run `make iam-simulate`")
    process = subprocess.Popen(["node", str(DRIVER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    stdin, stdout = process.stdin, process.stdout

    def ask(simulation: Mapping[str, Any]) -> str:
        stdin.write(json.dumps(simulation) + "\n")
        stdin.flush()
        answer = json.loads(stdout.readline())
        assert answer["ignored"] == [], "the action does not carry these condition keys"
        return str(answer["result"])

    yield ask
    stdin.close()
    process.wait(timeout=600)
    stdout.close()


def document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


ALLOW_ALL: Final = {"Effect": "Allow", "Action": "*", "Resource": "*"}

TEXTS: Final = ["a", "A", "ab", "a*", "?b", "*", "${*}", "${?}b", "${aws:username}", "${aws:PrincipalTag/x}"]
DEFAULTED: Final = ["${aws:PrincipalTag/x, 'a'}", "x-${aws:PrincipalTag/x, 'a'}"]
KEYS: Final[Mapping[str, tuple[Sequence[str], Sequence[str], Sequence[str]]]] = {
    "String": (["aws:PrincipalTag/t", "aws:username"], ["a", "A", "ab", "*", "?b", "x-a"], [*TEXTS, *DEFAULTED]),
    "Numeric": (["aws:MultiFactorAuthAge"], ["1", "2", "10", "1.0", "-1"], ["1", "2", "10", "1.5", "-1"]),
    "Date": (
        ["aws:CurrentTime"],
        ["2026-01-01T00:00:00Z", "2026-06-01T12:30:00Z", "2026-01-01T00:00:01Z"],
        ["2026-01-01T00:00:00Z", "2026-01-01", "2026-06-01T12:30:00Z"],
    ),
    "Bool": (["aws:SecureTransport", "aws:MultiFactorAuthPresent"], ["true", "false"], ["true", "false", "True"]),
    "Ip": (
        ["aws:SourceIp"],
        ["10.0.0.1", "192.168.1.1", "2001:db8::1"],
        ["10.0.0.0/8", "10.0.0.1", "0.0.0.0/0", "2001:db8::/32", "::/0", "192.168.0.0/16"],
    ),
    "Arn": (
        ["aws:SourceArn"],
        ["arn:aws:s3:::a", "arn:aws:s3:::b:c", ROLE],
        [
            "arn:aws:s3:::*",
            "arn:aws:s3:::a",
            "arn:aws:*:*:*:*",
            "arn:aws:iam::*:role/t*",
            "arn:aws:s3:::${aws:username}",
        ],
    ),
    "Multi": (["aws:PrincipalOrgPaths", "aws:CalledVia"], ["a", "ab", "b"], TEXTS),
}
"""Family of operators -> condition keys, values of the request, values of the policy."""


def family(operator: str) -> str:
    name = operator.removeprefix("Not")
    return next(
        (prefix for prefix in ("String", "Numeric", "Date", "Bool", "Ip", "Arn") if name.startswith(prefix)), ""
    )


SINGLE: Final = sorted({*POSITIVE, *NEGATED} - {"BinaryEquals"})
"""iam-simulate does not read binary values (it compares them as text)."""


@st.composite
def condition_blocks(draw: st.DrawFn) -> Conditions:
    block: dict[str, dict[str, list[str]]] = {}
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["single", "single", "set", "null"]))
        if kind == "null":
            keys = [key for keys, _, _ in KEYS.values() for key in keys]
            block.setdefault("Null", {})[draw(st.sampled_from(keys))] = [draw(st.sampled_from(["true", "false"]))]
            continue
        operator = draw(st.sampled_from(SINGLE if kind == "single" else [o for o in SINGLE if o.startswith("String")]))
        keys, _, values = KEYS["Multi" if kind == "set" else family(operator)]
        prefix = draw(st.sampled_from(["ForAllValues:", "ForAnyValue:"])) if kind == "set" else ""
        suffix = draw(st.sampled_from(["", "", "IfExists"]))
        policy_values = draw(st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True))
        block.setdefault(f"{prefix}{operator}{suffix}", {})[draw(st.sampled_from(keys))] = policy_values
    return block


@st.composite
def contexts(draw: st.DrawFn) -> Context:
    context: dict[str, str | list[str]] = {}
    for name, (keys, values, _) in KEYS.items():
        for key in keys:
            if draw(st.integers(0, 2)):
                several = st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
                context[key] = draw(several if name == "Multi" else st.sampled_from(values))
    if draw(st.booleans()):
        context["aws:PrincipalTag/x"] = draw(st.sampled_from(["a", "b", "*"]))
    return context


def request_of(principal: str, context: Context) -> Request:
    values = {key: [value] if isinstance(value, str) else value for key, value in context.items()}
    return Request(
        principal=Principal.of(principal),
        action="sqs:SendMessage",
        resource=QUEUE,
        resource_account=ACCOUNT,
        context=values,
    )


def simulation(principal: str, context: Context, **policies: Any) -> dict[str, Any]:
    return {
        "request": {
            "principal": principal,
            "action": "sqs:SendMessage",
            "resource": {"resource": QUEUE, "accountId": ACCOUNT},
            "contextVariables": context,
        },
        "identityPolicies": [],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
        **policies,
    }


def outcome(decision: Decision) -> str:
    """The outcome in iam-simulate's words."""
    return decision.outcome.title().replace(" ", "")


def documented_difference(conditions: Conditions, context: Context) -> str:
    """The documented rule by which this package decides a condition block differently; empty if there is none."""
    for operator, keys in conditions.items():
        for key, values in keys.items():
            if operator.startswith("ForAnyValue:") and operator.endswith("IfExists") and key not in context:
                # "Condition operators", IfExists: "If the key is not present, evaluate the condition element as true."
                return "IfExists holds for an absent key under ForAnyValue as well"
            if any("${*}" in value or "${?}" in value for value in values) and "Like" not in operator:
                # "Variables and tags", "Specifying special characters": they stand for the characters themselves.
                return "${*} and ${?} are literal characters in StringEquals"
            if "IpAddress" in operator and any(value.endswith("/0") for value in values):
                # RFC 4632: a prefix of length 0 holds every address.
                return "0.0.0.0/0 and ::/0 hold every address of their IP version"
            if operator.startswith("NotIpAddress") and any((":" in v) != (":" in context.get(key, "")) for v in values):
                # "Condition operators": NotIpAddress is "all IP addresses except the specified IP address or range".
                return "NotIpAddress holds for an address of the other IP version"
            if any(missing_variable(value, context) for value in values) and "Not" in operator:
                # A value with a missing variable equals nothing; the negated operators are the negation of that.
                return "a negated operator holds for a value whose variable is missing"
    return ""


def missing_variable(value: str, context: Context) -> bool:
    names = ("aws:username", "aws:PrincipalTag/x")
    return any(f"${{{name}}}" in value and name not in context for name in names)


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    database=None,
)
@given(conditions=condition_blocks(), context=contexts(), effect=st.sampled_from(["Allow", "Deny"]))
def test_condition_blocks_agree(simulate: Simulate, conditions: Conditions, context: Context, effect: str) -> None:
    statement = {"Effect": effect, "Action": "*", "Resource": "*", "Condition": conditions}
    identity = document(*([ALLOW_ALL] if effect == "Deny" else []), statement)
    decision = evaluate(request_of(ROLE, context), Policies(identity=[Policy.parse("p", identity)]))
    expected = simulate(simulation(ROLE, context, identityPolicies=[{"name": "p", "policy": identity}]))
    difference = documented_difference(conditions, context)
    event("same decision" if outcome(decision) == expected else difference)
    assert difference or outcome(decision) == expected


PRINCIPALS: Final = [ROLE, USER, SESSION, ROOT, ACCOUNT, "*", f"{ROLE}-other"]
LIMIT: Final = document({"Effect": "Allow", "Action": "ec2:*", "Resource": "*"})


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    database=None,
)
@given(
    principal=st.sampled_from([SESSION, USER]),
    named=st.lists(st.sampled_from(PRINCIPALS), min_size=1, max_size=2, unique=True),
    effect=st.sampled_from(["Allow", "Allow", "Deny"]),
    identity=st.booleans(),
    boundary=st.booleans(),
)
def test_resource_policies_and_boundaries_agree(
    simulate: Simulate, principal: str, named: list[str], effect: str, *, identity: bool, boundary: bool
) -> None:
    resource = document({"Effect": effect, "Principal": {"AWS": named}, "Action": "*", "Resource": "*"})
    policies = Policies(
        identity=[Policy.parse("identity", document(ALLOW_ALL))] if identity else [],
        boundary=Policy.parse("boundary", LIMIT) if boundary else None,
        resource=Policy.parse("resource", resource),
    )
    expected = simulate(
        simulation(
            principal,
            {},
            identityPolicies=[{"name": "identity", "policy": document(ALLOW_ALL)}] if identity else [],
            resourcePolicy=resource,
            **({"permissionBoundaryPolicies": [{"name": "boundary", "policy": LIMIT}]} if boundary else {}),
        )
    )
    assert outcome(evaluate(request_of(principal, {}), policies)) == expected
