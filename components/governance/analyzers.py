"""IAM Access Analyzer: external access and unused access, 45 CFR 164.308(a)(4)(ii)(C)."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import accessanalyzer

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessAnalyzersArgs:
    """The analyzers of one region."""

    prefix: str
    unused_access_days: int | None = None
    """Days after which unused access is a finding; None creates no such analyzer (one region is enough)."""


class AccessAnalyzers(pulumi.ComponentResource):
    """`hipaa-ml:governance:AccessAnalyzers`: the access analyzers whose zone of trust is the organisation.

    Creates an `aws.accessanalyzer.Analyzer` per kind.
    """

    def __init__(self, name: str, args: AccessAnalyzersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        external = accessanalyzer.Analyzer(
            f"{name}-external", analyzer_name=f"{args.prefix}-external", type="ORGANIZATION", opts=child
        )
        if args.unused_access_days is not None:
            accessanalyzer.Analyzer(
                f"{name}-unused",
                analyzer_name=f"{args.prefix}-unused",
                type="ORGANIZATION_UNUSED_ACCESS",
                configuration=accessanalyzer.AnalyzerConfigurationArgs(
                    unused_access=accessanalyzer.AnalyzerConfigurationUnusedAccessArgs(
                        unused_access_age=args.unused_access_days
                    )
                ),
                opts=child,
            )
        self.external_arn = external.arn
        self.register_outputs({"external_arn": self.external_arn})
