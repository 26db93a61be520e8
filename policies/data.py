"""Buckets with patient data stay closed: the right key, the organisation's endpoints, access points within VPCs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from controls.rules import UNKNOWN, Problem, Props
from controls.rules.documents import denies_outside_endpoints, denies_wrong_keys, document
from controls.rules.predicates import all_of, equals
from controls.rules.values import ABSENT, lookup
from policies import tokens
from policies.checks import Checks, Finding, Stack, StackCheck, across, on
from policies.configuration import Parameters

ACCESS_POINT: Final = "aws:s3/accessPoint:AccessPoint"
BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def _patients(rule: Callable[[list[Mapping[str, Any]]], Iterator[Problem]]) -> StackCheck:
    """A rule over the policies of buckets that are classified as patient data; a bucket without one is another's."""
    check = document("policy", rule)

    def found(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
        for bucket in stack.of(*tokens.BUCKETS):
            if bucket.tags().get("data-classification") == "phi":
                for one in stack.companions(bucket, tokens.BUCKET_POLICY, "bucket"):
                    yield from ((bucket, problem) for problem in check(one.props))

    return found


def _within_vpcs(props: Props) -> Iterator[Problem]:
    if lookup(props, "vpcConfiguration.vpcId") is ABSENT:
        if props.get("policy") in (None, ""):
            yield Problem("neither vpcConfiguration nor a policy keeps requests from elsewhere out")
        elif props.get("policy") is not UNKNOWN:
            yield from document("policy", denies_outside_endpoints)(props)


_ALL_BLOCKED: Final[Sequence[str]] = [f"publicAccessBlockConfiguration.{one}" for one in BLOCKS]

CHECKS: Checks = {
    "s3-phi-right-key": across(tokens.BUCKETS, _patients(denies_wrong_keys)),
    "s3-phi-endpoint-only": across(tokens.BUCKETS, _patients(denies_outside_endpoints)),
    "s3-access-point-closed": on(
        ACCESS_POINT, all_of(*(equals(path, True, default=True) for path in _ALL_BLOCKED), _within_vpcs)
    ),
}
