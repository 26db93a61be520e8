"""Parts of a VPC of workloads: route tables per tier, and gateway endpoints."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import ec2

from components.documents import document
from components.network import endpoint_policies
from components.network.vpc import Vpc, VpcArgs


def route_table(name: str, tier: str, vpc: Vpc, args: VpcArgs, opts: pulumi.ResourceOptions) -> ec2.RouteTable:
    """Declares the route table of a tier, associated with the subnets of the tier.

    Args:
        name: name of the component.
        tier: tier of the subnets.
        vpc: the VPC.
        args: arguments of the VPC.
        opts: options of the resources.
    """
    table = ec2.RouteTable(f"{name}-{tier}", vpc_id=vpc.id, tags={"Name": f"{args.tag}-{tier}"}, opts=opts)
    planned = [subnet for subnet in args.subnets if subnet.tier == tier]
    for spec, subnet in zip(planned, vpc.subnets[tier], strict=True):
        ec2.RouteTableAssociation(
            f"{name}-{tier}-{spec.zone}-table", route_table_id=table.id, subnet_id=subnet.id, opts=opts
        )
    return table


def gateway_endpoint(  # noqa: PLR0917 - one of each
    name: str,
    service: str,
    vpc: Vpc,
    args: VpcArgs,
    tables: Sequence[ec2.RouteTable],
    organization_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> ec2.VpcEndpoint:
    """Declares a gateway endpoint with a policy for principals and resources of the organisation.

    Args:
        name: name of the component.
        service: `s3` or `dynamodb`.
        vpc: the VPC.
        args: arguments of the VPC.
        tables: route tables that lead to the endpoint.
        organization_id: this organisation.
        opts: options of the resource.
    """
    return ec2.VpcEndpoint(
        f"{name}-{service}",
        vpc_id=vpc.id,
        service_name=f"com.amazonaws.{args.region}.{service}",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in tables],
        policy=document(endpoint_policies.statements(service, args.region, organization_id)),
        tags={"Name": f"{args.tag}-{service}"},
        opts=opts,
    )
