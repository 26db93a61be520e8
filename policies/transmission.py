"""Data in transit, 45 CFR 164.312(e): every bucket refuses requests without TLS."""

from collections.abc import Iterator

from controls.rules import Problem
from controls.rules.documents import denies_insecure_transport, document
from policies import tokens
from policies.checks import Checks, Finding, Stack, across, on
from policies.configuration import Parameters


def _every_bucket_has_a_policy(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    for bucket in stack.of(*tokens.BUCKETS):
        if not stack.companions(bucket, tokens.BUCKET_POLICY, "bucket"):
            yield bucket, Problem("the bucket has no BucketPolicy, so nothing denies requests without TLS")


CHECKS: Checks = {
    "s3-policy-tls-only": on(tokens.BUCKET_POLICY, document("policy", denies_insecure_transport)),
    "s3-bucket-policy": across(tokens.BUCKETS, _every_bucket_has_a_policy),
}
