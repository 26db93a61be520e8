"""Parts of declared resources that nobody declared: rules, routes, policies, grants, shares, access keys."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from inspection.observation import Observation
from inspection.resources import undeclared_data, undeclared_identities, undeclared_network
from inspection.resources.known import Known
from inspection.resources.place import Places

Part = Callable[[Places, Known], Iterator[Observation]]
REGION_PARTS: Final[Sequence[Part]] = (
    undeclared_network.security_group_rules,
    undeclared_network.routes,
    undeclared_network.transit_gateway_routes,
    undeclared_data.bucket_parts,
    undeclared_data.access_points,
    undeclared_data.key_grants,
    undeclared_data.shared_snapshots,
    undeclared_data.lake_permissions,
    undeclared_identities.function_policies,
)
"""What is looked for in every region of an account."""
ACCOUNT_PARTS: Final[Sequence[Part]] = (
    undeclared_identities.role_policies,
    undeclared_identities.access_keys,
    undeclared_identities.account_policies,
)
"""What is looked for once in an account."""
