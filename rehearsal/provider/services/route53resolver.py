"""Route 53 Resolver: query logs."""

from typing import Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, on


def _create(resource: EmulatedResource) -> Values:
    resolver_query_log_config = resource.call(
        "create_resolver_query_log_config",
        Name=resource.inputs["name"],
        DestinationArn=resource.inputs["destinationArn"],
        CreatorRequestId=resource.creation or resource.inputs["name"],
        # The emulator tags endpoints and rules only: these are not read back.
        Tags=[{"Key": key, "Value": value} for key, value in (resource.inputs.get("tagsAll") or {}).items()],
    )["ResolverQueryLogConfig"]
    return {"id": resolver_query_log_config["Id"], "arn": resolver_query_log_config["Arn"]}


TYPES: Final = (
    Emulated(
        type="aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
        service="route53resolver",
        create=_create,
        read=Find(op="get_resolver_query_log_config", by={"ResolverQueryLogConfigId": "id"}),
        result="ResolverQueryLogConfig",
        delete=ApiCall(op="delete_resolver_query_log_config", by={"ResolverQueryLogConfigId": "id"}),
        id="{id}",
        forces=on("name", "destinationArn"),
    ),
    Emulated(
        type="aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        service="route53resolver",
        create="associate_resolver_query_log_config",
        creation_result="{Id: ResolverQueryLogConfigAssociation.Id}",
        read=Find(
            op="get_resolver_query_log_config_association",
            by={"ResolverQueryLogConfigAssociationId": "id"},
            at="ResolverQueryLogConfigAssociation",
        ),
        delete="disassociate_resolver_query_log_config",
        id="{id}",
        forces=on("resolverQueryLogConfigId", "resourceId"),
    ),
)
