"""Rights that every Lambda function of the zone has, and the role of a function or of its schedule."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import iam

from components.documents import Statement, document, trusts


def function_role(
    name: str,
    *,
    service: str,
    role_name: str,
    description: str,
    account_id: pulumi.Input[str],
    boundary_arn: pulumi.Input[str],
    rights: Sequence[Statement],
    opts: pulumi.ResourceOptions,
) -> pulumi.Output[str]:
    """Declares the role of a function, or of the schedule that runs it.

    Args:
        name: resource name of the component.
        service: principal that assumes the role, such as `lambda.amazonaws.com`.
        role_name: name of the role.
        description: description of the role.
        account_id: account of the role.
        boundary_arn: permissions boundary.
        rights: statements of the inline policy.
        opts: options of both resources.

    Returns:
        ARN of the role, known after its policy is attached.
    """
    suffix = service.partition(".")[0]
    role = iam.Role(
        f"{name}-{suffix}-role",
        name=role_name,
        description=description,
        assume_role_policy=document([trusts(service, account_id)]),
        permissions_boundary=boundary_arn,
        opts=opts,
    )
    policy = iam.RolePolicy(f"{name}-{suffix}-rights", role=role.id, policy=document(rights), opts=opts)
    return pulumi.Output.all(role.arn, policy.id).apply(lambda values: values[0])


def log_and_trace(log_streams: pulumi.Input[str]) -> list[Statement]:
    """Statements that let a function write its log and its traces.

    Args:
        log_streams: ARN pattern of the log streams, `…:log-group:NAME:*`.
    """
    return [
        {
            "Sid": "Log",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": log_streams,
        },
        {
            "Sid": "Trace",
            "Effect": "Allow",
            # AWS X-Ray has no resource for these actions (Service Authorization Reference, "AWS X-Ray").
            "Action": ["xray:PutTelemetryRecords", "xray:PutTraceSegments"],
            "Resource": "*",
        },
    ]


def function_in_vpc(region: str, account_id: pulumi.Input[str], function: str) -> list[Statement]:
    """Statements that let a function write its log and its traces, and run in a VPC.

    Args:
        region: region of the function.
        account_id: account of the function.
        function: name of the function.
    """
    log_streams = pulumi.Output.format("arn:aws:logs:{0}:{1}:log-group:/aws/lambda/{2}:*", region, account_id, function)
    return [
        *log_and_trace(log_streams),
        {
            "Sid": "Interfaces",
            "Effect": "Allow",
            # Lambda creates network interfaces before there is a resource to name (Lambda Developer Guide, "Giving
            # Lambda functions access to resources in an Amazon VPC").
            "Action": [
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSubnets",
            ],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
        },
    ]
