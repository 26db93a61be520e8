"""Policies of M6: studio domains reach the network through the VPC only."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import equals, present
from controls.rules.sagemaker import DOMAIN, SAGEMAKER

PROFILE: Final = f"{SAGEMAKER}userProfile:UserProfile"
SPACE: Final = f"{SAGEMAKER}space:Space"
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-domain-vpc-only",
        title="Studio domains reach the network through the VPC only",
        remedy="Set app_network_access_type to VpcOnly.",
        check=on(DOMAIN, equals("appNetworkAccessType", "VpcOnly", default="PublicInternetOnly")),
    ),
    PolicyRule(
        name="sagemaker-domain-sso",
        title="Studio users sign in through IAM Identity Center",
        remedy="Set auth_mode to SSO.",
        check=on(DOMAIN, equals("authMode", "SSO")),
    ),
    PolicyRule(
        name="sagemaker-domain-groups",
        title="A domain's own security groups are managed by the zone",
        remedy="Leave app_security_group_management out, or set it to Customer.",
        check=on(DOMAIN, equals("appSecurityGroupManagement", "Customer", default="Customer")),
    ),
    PolicyRule(
        name="sagemaker-profile-role",
        title="Every Studio user profile has an execution role of its own",
        remedy="Set user_settings.execution_role to the role of the team and project.",
        check=on(PROFILE, present("userSettings.executionRole")),
    ),
    PolicyRule(
        name="sagemaker-space-owned",
        title="Studio spaces have an owner",
        remedy="Set ownership_settings.owner_user_profile_name.",
        check=on(SPACE, present("ownershipSettings.ownerUserProfileName")),
    ),
)
