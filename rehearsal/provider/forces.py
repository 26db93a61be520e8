"""Which properties cannot be changed in place: by the SDK's documentation, by declaration, or always."""

import functools
from typing import Final

from rehearsal.provider.schema import schema
from rehearsal.provider.spec import Emulated

_ALWAYS: Final = frozenset(
    {
        "availabilityZone",
        "bucket",
        "bucketPrefix",
        "cidrBlock",
        "clusterIdentifier",
        "engine",
        "identifier",
        "name",
        "namePrefix",
        "region",
        "storageEncrypted",
        "vpcId",
    }
)
"""Properties by which services know a thing, or that they fix when they make it."""
_IN_PLACE: Final = frozenset(
    {
        ("aws:ec2/vpcEndpoint:VpcEndpoint", "policy"),
        ("aws:rds/cluster:Cluster", "engine"),
        ("aws:ssm/document:Document", "name"),
    }
)


@functools.cache
def recorded(token: str) -> frozenset[str]:
    """The properties of a recorded type that force a replacement."""
    found = schema(token)
    if found is None:
        return frozenset()
    return frozenset(
        name for name, one in found.inputs.items() if (one.forces or name in _ALWAYS) and (token, name) not in _IN_PLACE
    )


def emulated(spec: Emulated) -> frozenset[str]:
    """The properties of an emulated type that force a replacement; all of them, when nothing can be updated."""
    found = schema(spec.type)
    if found is None:
        return spec.forces
    if spec.update == "" and not spec.forces:
        return frozenset(found.inputs) - {"tags", "tagsAll"}
    return spec.forces | {"region"}
