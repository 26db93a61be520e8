"""Endpoint policies: principals of the organisation with resources of the organisation, and listed resources of AWS.

AWS whitepaper "Building a data perimeter on AWS": an endpoint that lets a stranger's credentials through, or ours to a
stranger's bucket, is a way out that no firewall sees.
"""

from collections.abc import Sequence

import pulumi

from components.documents import Statement
from controls.aws_owned import aws_owned, presigned


def statements(actions: str, region: str, organization_id: pulumi.Input[str]) -> Sequence[Statement]:
    """The policy of a service's endpoint.

    Args:
        actions: prefix of the service's IAM actions.
        region: of the endpoint.
        organization_id: this organisation.
    """
    inside: Statement = {
        "Sid": "OwnPrincipalsOwnResources",
        "Effect": "Allow",
        "Principal": "*",
        "Action": f"{actions}:*",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": organization_id, "aws:ResourceOrgID": organization_id},
        },
    }
    exceptions: list[Statement] = [
        {
            "Sid": f"AwsOwned{number}",
            "Effect": "Allow",
            "Principal": "*",
            "Action": list(allowed),
            "Resource": resource,
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization_id}},
        }
        for number, (resource, allowed) in enumerate(aws_owned(actions, region).items(), start=1)
    ]
    objects = presigned(actions, region)
    served: Statement = {
        "Sid": "PresignedByAws",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": list(objects),
    }
    return [inside, *exceptions, *([served] if objects else [])]
