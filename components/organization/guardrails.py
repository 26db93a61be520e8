"""Organisation policies, compiled elsewhere, and their attachment to OUs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import organizations

from components.tokens import type_token

DESCRIPTION_LIMIT: Final = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicySpec:
    """An organisation policy."""

    name: str
    type: str
    """In AWS Organizations' words, `SERVICE_CONTROL_POLICY` and so on."""
    description: str
    content: str
    """JSON text."""
    targets: Mapping[str, pulumi.Input[str]]
    """Name of a target, such as an OU path -> its id."""

    def __post_init__(self) -> None:
        """Refuses policies over the quotas of AWS, and policies without targets."""
        if len(self.description) > DESCRIPTION_LIMIT:
            raise ValueError(
                f"PolicySpec {self.name!r}: the description has {len(self.description)} characters, "
                f"AWS allows {DESCRIPTION_LIMIT}"
            )
        if not self.targets:
            raise ValueError(f"PolicySpec {self.name!r}: targets is empty; name at least one")


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardrailsArgs:
    """All organisation policies."""

    policies: Sequence[PolicySpec]
    after: Sequence[pulumi.Resource] = ()
    """The organisation with its enabled policy types, which must exist before the policies."""


class Guardrails(pulumi.ComponentResource):
    """`hipaa-ml:organization:Guardrails`: the policies of the organisation.

    Creates an `aws.organizations.Policy` and its `PolicyAttachment`s per policy.
    """

    ids: Mapping[str, pulumi.Output[str]]
    """Policy name -> id."""

    def __init__(self, name: str, args: GuardrailsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        policy_opts = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        ids: dict[str, pulumi.Output[str]] = {}
        for spec in args.policies:
            policy = organizations.Policy(
                f"{name}-{spec.name}",
                name=spec.name,
                type=spec.type,
                description=spec.description,
                content=spec.content,
                opts=policy_opts,
            )
            ids[spec.name] = policy.id
            for target, target_id in spec.targets.items():
                organizations.PolicyAttachment(
                    f"{name}-{spec.name}-{'root' if target == '/' else target.replace('/', '-')}",
                    policy_id=policy.id,
                    target_id=target_id,
                    opts=child,
                )
        self.ids = ids
        self.register_outputs({"ids": ids})
