"""The recovery documents in Parameter Store of each region, with the names that are valid in that region.

The shape is that of `runbooks/documents.py`; tests/stacks/test_recovery_documents.py reads what is written
here with what reads it there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import ssm

from components.recovery.names import RecoveryNames
from components.tokens import type_token
from runbooks import documents

Document = Mapping[str, Any]
"""JSON; any value may be an output."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryDocumentsArgs:
    """The documents of one environment in one region."""

    names: RecoveryNames
    zone: Document
    endpoints: Mapping[str, Document]
    writer_region: str
    """Initial writer; runbooks change the value afterwards."""


class RecoveryDocuments(pulumi.ComponentResource):
    """`hipaa-ml:recovery:RecoveryDocuments`: the documents that the runbooks read, in one region.

    Creates an `aws.ssm.Parameter` per document, and the parameter of the writers.
    """

    def __init__(self, name: str, args: RecoveryDocumentsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        parameters: Sequence[tuple[str, str, Document]] = [
            ("zone", f"{args.names.root}/{documents.ZONE}", args.zone),
            *(
                (f"endpoint-{endpoint}", f"{args.names.root}/{documents.ENDPOINTS}{endpoint}", args.endpoints[endpoint])
                for endpoint in args.endpoints
            ),
        ]
        for suffix, parameter, document in parameters:
            ssm.Parameter(
                f"{name}-{suffix}",
                name=parameter,
                type="String",
                value=pulumi.Output.json_dumps(document),
                opts=pulumi.ResourceOptions(parent=self),
            )
        ssm.Parameter(
            f"{name}-writer",
            name=args.names.writer,
            type="String",
            value=args.writer_region,
            # A runbook's answer must survive the next deployment.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["value"]),
        )
        self.register_outputs({})
