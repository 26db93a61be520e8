"""The data of an environment: keys, buckets, access rights, catalogue, queries, secrets and backups."""

from components.data.access import DataAccess, DataAccessArgs
from components.data.backups import DataBackups, DataBackupsArgs
from components.data.buckets import DataBuckets, DataBucketsArgs
from components.data.catalogue import Catalogue, CatalogueArgs
from components.data.keys import DomainKeys, DomainKeysArgs
from components.data.names import DataNames
from components.data.replication import (
    LagAlarms,
    LagAlarmsArgs,
    RegionBuckets,
    RegionPair,
    RegionPairArgs,
    ReplicationRights,
    ReplicationRightsArgs,
)
from components.data.roles import ServiceRoles, ServiceRolesArgs, TeamRoles, TeamRolesArgs
from components.data.secrets import DataSecret, DataSecretArgs
from zone.shared.access_table import AccessRow, AccessTable, DataSet

__all__ = [
    "AccessRow",
    "AccessTable",
    "Catalogue",
    "CatalogueArgs",
    "DataAccess",
    "DataAccessArgs",
    "DataBackups",
    "DataBackupsArgs",
    "DataBuckets",
    "DataBucketsArgs",
    "DataNames",
    "DataSecret",
    "DataSecretArgs",
    "DataSet",
    "DomainKeys",
    "DomainKeysArgs",
    "LagAlarms",
    "LagAlarmsArgs",
    "RegionBuckets",
    "RegionPair",
    "RegionPairArgs",
    "ReplicationRights",
    "ReplicationRightsArgs",
    "ServiceRoles",
    "ServiceRolesArgs",
    "TeamRoles",
    "TeamRolesArgs",
]
