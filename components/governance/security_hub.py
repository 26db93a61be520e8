"""Security Hub, configured once for every account and region of the zone, 45 CFR 164.308(a)(8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import securityhub

from components.tokens import type_token

STANDARDS: Final = ("aws-foundational-security-best-practices/v/1.0.0", "nist-800-53/v/5.0.0")
"""The standards of every account (Security Hub User Guide, "Standards reference")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CentralSecurityHubArgs:
    """Security Hub of the organisation."""

    prefix: str
    home_region: str
    linked_regions: Sequence[str]
    """Further regions, whose findings are aggregated in the home region and to which its policy applies."""
    root_id: pulumi.Input[str]
    """Id of the organisation's root, to which the policy applies: to every account, existing and future."""
    existing_account_id: str | None = None
    """Id of the administrator's account if Security Hub is enabled there; it is adopted. AWS enables Security Hub in an
    account that is designated as the delegated administrator."""

    def __post_init__(self) -> None:
        """Refuses a home region that is linked to itself."""
        if not self.linked_regions or self.home_region in self.linked_regions:
            raise ValueError(
                f"CentralSecurityHubArgs.linked_regions: {list(self.linked_regions)}; allowed: regions other than "
                f"the home region {self.home_region!r}, at least one"
            )


class CentralSecurityHub(pulumi.ComponentResource):
    """`hipaa-ml:governance:CentralSecurityHub`: Security Hub with central configuration, in the home region.

    Creates an `aws.securityhub.Account`, a `FindingAggregator`, an `OrganizationConfiguration`, and a
    `ConfigurationPolicy` associated with the root.

    The policy enables the AWS Foundational Security Best Practices and NIST SP 800-53.
    """

    def __init__(self, name: str, args: CentralSecurityHubArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        account = securityhub.Account(
            f"{name}-account",
            enable_default_standards=False,
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            opts=pulumi.ResourceOptions(
                parent=self, protect=True, retain_on_delete=True, import_=args.existing_account_id
            ),
        )
        aggregator = securityhub.FindingAggregator(
            f"{name}-aggregator",
            linking_mode="SPECIFIED_REGIONS",
            specified_regions=[*args.linked_regions],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[account]),
        )
        organization = securityhub.OrganizationConfiguration(
            f"{name}-organization",
            # Under central configuration the policy decides; AWS refuses any other value here.
            auto_enable=False,
            auto_enable_standards="NONE",
            organization_configuration=securityhub.OrganizationConfigurationOrganizationConfigurationArgs(
                configuration_type="CENTRAL"
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[aggregator]),
        )
        policy = securityhub.ConfigurationPolicy(
            f"{name}-policy",
            name=f"{args.prefix}-every-account",
            description="AWS's foundational standard and NIST 800-53, every control",
            configuration_policy=securityhub.ConfigurationPolicyConfigurationPolicyArgs(
                service_enabled=True,
                enabled_standard_arns=[standard_arn(args.home_region, standard) for standard in STANDARDS],
                security_controls_configuration=(
                    securityhub.ConfigurationPolicyConfigurationPolicySecurityControlsConfigurationArgs(
                        disabled_control_identifiers=[]
                    )
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[organization]),
        )
        securityhub.ConfigurationPolicyAssociation(
            f"{name}-association",
            policy_id=policy.id,
            target_id=args.root_id,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.account_arn = account.arn
        self.policy_id = policy.id
        self.register_outputs({"policy_id": self.policy_id})


def standard_arn(region: str, standard: str) -> str:
    """The ARN of a standard: `<name>/v/<version>` in a region; it belongs to no account."""
    return f"arn:aws:securityhub:{region}::standards/{standard}"
