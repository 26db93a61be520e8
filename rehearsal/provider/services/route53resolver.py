"""Route 53 Resolver: query logs. Its firewall is recorded: the emulator has none."""

from typing import Any, Final

from rehearsal.provider.services.ec2_common import created
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import on


def _create(work: Work) -> Values:
    made = work.call(
        "create_resolver_query_log_config",
        Name=work.inputs["name"],
        DestinationArn=work.inputs["destinationArn"],
        CreatorRequestId=work.creation or work.inputs["name"],
        # The emulator tags endpoints and rules only: these are not read back.
        Tags=[{"Key": key, "Value": value} for key, value in (work.inputs.get("tagsAll") or {}).items()],
    )["ResolverQueryLogConfig"]
    return {"id": made["Id"], "arn": made["Arn"]}


def _read_association(work: Work) -> Any:
    found = work.call("get_resolver_query_log_config_association", ResolverQueryLogConfigAssociationId=work.id)[
        "ResolverQueryLogConfigAssociation"
    ]
    return {
        "resolverQueryLogConfigId": found["ResolverQueryLogConfigId"],
        "resourceId": found["ResourceId"],
    }


TYPES: Final = (
    Emulated(
        type="aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
        service="route53resolver",
        create=_create,
        read=lambda work: work.call("get_resolver_query_log_config", ResolverQueryLogConfigId=work.id),
        result="ResolverQueryLogConfig",
        delete=lambda work: work.call("delete_resolver_query_log_config", ResolverQueryLogConfigId=work.id),
        id="{id}",
        forces=on("name", "destinationArn"),
    ),
    Emulated(
        type="aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        service="route53resolver",
        create=created("associate_resolver_query_log_config", "ResolverQueryLogConfigAssociation.Id"),
        read=_read_association,
        delete="disassociate_resolver_query_log_config",
        id="{id}",
        forces=on("resolverQueryLogConfigId", "resourceId"),
    ),
)
