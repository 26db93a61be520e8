"""Route 53 Resolver query logs: their deletion, which moto lacks."""

from typing import Any

from moto.route53resolver.models import route53resolver_backends
from moto.route53resolver.responses import Route53ResolverResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Add the operations."""
    registry.add_operations(
        route53resolver_backends,
        Route53ResolverResponse,
        _disassociate_resolver_query_log_config,
        _delete_resolver_query_log_config,
    )


def _disassociate_resolver_query_log_config(self: Any, resolver_query_log_config_id: str, resource_id: str) -> Any:
    associations = self.resolver_query_log_config_associations
    for identity, association in list(associations.items()):
        if (association.resolver_query_log_config_id, association.resource_id) == (
            resolver_query_log_config_id,
            resource_id,
        ):
            del associations[identity]
            self.resolver_query_log_configs[resolver_query_log_config_id].association_count -= 1
            return {"ResolverQueryLogConfigAssociation": {**association.description(), "Status": "DELETING"}}
    raise AwsError("ResourceNotFoundException", f"{resource_id} has no query log {resolver_query_log_config_id}")


def _delete_resolver_query_log_config(self: Any, resolver_query_log_config_id: str) -> Any:
    config = self.resolver_query_log_configs.get(resolver_query_log_config_id)
    if config is None:
        raise AwsError("ResourceNotFoundException", f"There is no query log {resolver_query_log_config_id}")
    if config.association_count:
        raise AwsError("ResourceInUseException", f"The query log {config.name} is associated with a VPC")
    del self.resolver_query_log_configs[resolver_query_log_config_id]
    return {"ResolverQueryLogConfig": {**config.description(), "Status": "DELETING"}}
