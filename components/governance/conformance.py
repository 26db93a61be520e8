"""Organisation conformance packs: the Config rules of the controls in every account, 45 CFR 164.308(a)(8)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cfg

from components.tokens import type_token

MAXIMUM_INLINE: Final = 51_200
"""Maximum of bytes of an inline template (AWS Config API Reference, PutOrganizationConformancePack)."""
TIMEOUT: Final = "45m"
"""Timeout of a deployment, which proceeds account by account; the default of the provider is ten minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PackSpec:
    """A conformance pack."""

    name: str
    template: str
    """CloudFormation YAML."""

    def __post_init__(self) -> None:
        """Refuses a template over the limit of inline templates."""
        size = len(self.template.encode())
        if size > MAXIMUM_INLINE:
            raise ValueError(f"PackSpec {self.name!r}: the template has {size} bytes, AWS takes {MAXIMUM_INLINE}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ConformancePacksArgs:
    """The packs of one region."""

    packs: Sequence[PackSpec]
    excluded_accounts: Sequence[pulumi.Input[str]] = ()
    """Account ids."""

    def __post_init__(self) -> None:
        """Refuses packs without names, or with equal names."""
        names = [pack.name for pack in self.packs]
        if not names or len(set(names)) != len(names):
            raise ValueError(f"ConformancePacksArgs.packs: names must be given and differ, they are {names}")


class ConformancePacks(pulumi.ComponentResource):
    """`hipaa-ml:governance:ConformancePacks`: the conformance packs of the organisation.

    Creates an `aws.cfg.OrganizationConformancePack` per pack.

    Each depends on the previous one: AWS refuses a change while another pack is being deployed.
    """

    def __init__(self, name: str, args: ConformancePacksArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        resources: list[cfg.OrganizationConformancePack] = []
        for pack in args.packs:
            resource = cfg.OrganizationConformancePack(
                f"{name}-{pack.name}",
                name=pack.name,
                template_body=pack.template,
                excluded_accounts=[*args.excluded_accounts] or None,
                opts=pulumi.ResourceOptions(
                    parent=self,
                    depends_on=resources[-1:],
                    custom_timeouts=pulumi.CustomTimeouts(create=TIMEOUT, update=TIMEOUT, delete=TIMEOUT),
                ),
            )
            resources.append(resource)
        self.arns = {pack.name: resource.arn for pack, resource in zip(args.packs, resources, strict=True)}
        self.register_outputs({"arns": self.arns})
