"""The properties that cannot be changed in place: by the SDK's documentation, by declaration, or always."""

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
    """Return the properties of a recorded type that force a replacement."""
    type_schema = schema(token)
    if type_schema is None:
        return frozenset()
    return frozenset(
        name
        for name, property_ in type_schema.inputs.items()
        if (property_.forces or name in _ALWAYS) and (token, name) not in _IN_PLACE
    )


def emulated(spec: Emulated) -> frozenset[str]:
    """Return the properties of an emulated type that force a replacement: all of them if it has no update."""
    type_schema = schema(spec.type)
    if type_schema is None:
        return spec.forces
    if spec.update == "" and not spec.forces:
        return frozenset(type_schema.inputs) - {"tags", "tagsAll"}
    return spec.forces | {"region"}
