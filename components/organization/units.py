"""The tree of organizational units, from paths such as `Workloads/ML-Prod`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import organizations

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationalUnitsArgs:
    """A tree of OUs."""

    root_id: pulumi.Input[str]
    paths: Sequence[str]
    """Parents before children."""
    existing_ids: Mapping[str, str] = field(default_factory=dict[str, str])
    """Path -> id of an existing OU, which is adopted."""

    def __post_init__(self) -> None:
        """Refuses a tree with a hole, or a path that stands twice."""
        for index, path in enumerate(self.paths):
            parent = path.rpartition("/")[0]
            if path in self.paths[:index]:
                raise ValueError(f"OrganizationalUnitsArgs.paths: {path!r} occurs twice")
            if parent and parent not in self.paths[:index]:
                raise ValueError(f"OrganizationalUnitsArgs.paths: {path!r} must come after its parent {parent!r}")


class OrganizationalUnits(pulumi.ComponentResource):
    """`hipaa-ml:organization:OrganizationalUnits`: the organizational units.

    Creates an `aws.organizations.OrganizationalUnit` per path.
    """

    ids: Mapping[str, pulumi.Output[str]]
    """OU path -> id."""

    def __init__(self, name: str, args: OrganizationalUnitsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        # An OU is refused by AWS as long as an account is in it; deleting one by mistake would detach its guardrails.
        ids: dict[str, pulumi.Output[str]] = {}
        for path in args.paths:
            parent, _, last = path.rpartition("/")
            unit = organizations.OrganizationalUnit(
                f"{name}-{path.replace('/', '-')}",
                name=last,
                parent_id=ids[parent] if parent else args.root_id,
                opts=pulumi.ResourceOptions(parent=self, protect=True, import_=args.existing_ids.get(path)),
            )
            ids[path] = unit.id
        self.ids = ids
        self.register_outputs({"ids": ids})
