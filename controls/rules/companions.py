"""Stack checks over resources and those that refer to them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from controls.rules import UNKNOWN, Problem, Props, Undecided, tokens
from controls.rules.checks import Finding, Stack, StackCheck
from controls.rules.documents import document
from controls.rules.parameters import Parameters


def each_companion(
    owner: str, kind: str, by: str, lacks: str, rule: Callable[[Props], Iterator[Problem]]
) -> StackCheck:
    """Every resource of one type has a companion of another that keeps a rule."""

    def check(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
        for resource in stack.of(owner):
            companions = stack.companions(resource, kind, by)
            if not companions:
                yield resource, Problem(lacks)
            yield from ((companion, problem) for companion in companions for problem in rule(companion.props))

    return check


def no_further_rule(_props: Props) -> Iterator[Problem]:
    """A rule without problems: it is enough that the companion exists."""
    return iter(())


def each_phi_bucket(rule: Callable[[list[Mapping[str, Any]]], Iterator[Problem]]) -> StackCheck:
    """A rule over the policies of buckets that are classified as patient data; a bucket without one is another's."""
    check = document("policy", rule)

    def findings(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
        for bucket in stack.of(*tokens.BUCKETS):
            classification = bucket.tag("data-classification")
            if classification is UNKNOWN:
                yield bucket, Undecided.at("tags")
            elif classification == "phi":
                for bucket_policy in stack.companions(bucket, tokens.BUCKET_POLICY, "bucket"):
                    yield from ((bucket, problem) for problem in check(bucket_policy.props))

    return findings
