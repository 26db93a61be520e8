"""The components of a model: images, versions, and an endpoint that only its application reaches."""

from components.ml.approval import ApproverRole, ModelRoleArgs
from components.ml.endpoint import SHADOW, VARIANT, ModelEndpoint, ModelEndpointArgs, ShadowVariant
from components.ml.guard import InputGuard
from components.ml.log import EndpointLog, EndpointLogArgs
from components.ml.names import ModelNames
from components.ml.private_zone import (
    EndpointName,
    EndpointNameArgs,
    PrivateZone,
    PrivateZoneArgs,
    PrivateZoneMembership,
    PrivateZoneMembershipArgs,
)
from components.ml.promotion import PromotionRole, PromotionRoleArgs
from components.ml.registry import ModelRegistry, ModelRegistryArgs
from components.ml.release import Release
from components.ml.repository import ImageReplication, ImageReplicationArgs, ImageRepository, ImageRepositoryArgs
from components.ml.serving_role import ServingRole, ServingRoleArgs

__all__ = [
    "SHADOW",
    "VARIANT",
    "ApproverRole",
    "EndpointLog",
    "EndpointLogArgs",
    "EndpointName",
    "EndpointNameArgs",
    "ImageReplication",
    "ImageReplicationArgs",
    "ImageRepository",
    "ImageRepositoryArgs",
    "InputGuard",
    "ModelEndpoint",
    "ModelEndpointArgs",
    "ModelNames",
    "ModelRegistry",
    "ModelRegistryArgs",
    "ModelRoleArgs",
    "PrivateZone",
    "PrivateZoneArgs",
    "PrivateZoneMembership",
    "PrivateZoneMembershipArgs",
    "PromotionRole",
    "PromotionRoleArgs",
    "Release",
    "ServingRole",
    "ServingRoleArgs",
    "ShadowVariant",
]
