"""Organizations: the resource policy of an organisation, which moto lacks."""

import json
from typing import Any

from moto.core.common_models import BaseModel
from moto.organizations import utils
from moto.organizations.exceptions import AWSOrganizationsNotInUseException, OrganizationsClientError
from moto.organizations.models import FakeOrganization, OrganizationsBackend
from moto.organizations.responses import OrganizationsResponse

from rehearsal.cloud.patches import organization_policies, registry


class ResourcePolicyNotFoundException(OrganizationsClientError):  # noqa: N818 - moto names exceptions as AWS does
    """The organisation has no resource policy."""

    def __init__(self) -> None:
        super().__init__(
            "ResourcePolicyNotFoundException",
            "We can't find a resource policy request with the parameter that you specified.",
        )


class ResourcePolicy(BaseModel):
    """The resource-based delegation policy of an organisation."""

    def __init__(self, organization: Any, content: str) -> None:
        self.id = "rp-" + utils.make_random_policy_id().removeprefix("p-")
        self.arn = f"arn:aws:organizations::{organization.master_account_id}:resourcepolicy/{organization.id}/{self.id}"
        self.content = content

    def describe(self) -> dict[str, Any]:
        """The policy as the API describes it."""
        return {"ResourcePolicySummary": {"Id": self.id, "Arn": self.arn}, "Content": self.content}


def apply() -> None:
    """Add the operations; an organisation without a policy has None."""
    registry.add_state(FakeOrganization, resource_policy=lambda: None)
    for name, implementation, handler in (
        ("put_resource_policy", _put, _handle_put),
        ("describe_resource_policy", _describe, _handle_describe),
        ("delete_resource_policy", _delete, _handle_delete),
    ):
        registry.add_operation(OrganizationsBackend, OrganizationsResponse, name, implementation, handler)


def _organization(backend: Any) -> Any:
    if backend.org is None:
        raise AWSOrganizationsNotInUseException
    return backend.org


def _put(self: Any, content: str) -> Any:
    """Attach a policy to the organisation, or replace the content of the attached one."""
    organization = _organization(self)
    organization_policies.check_json(content)
    policy: Any = organization.resource_policy or ResourcePolicy(organization, content)
    policy.content = content
    organization.resource_policy = policy
    return policy


def _describe(self: Any) -> ResourcePolicy:
    policy: ResourcePolicy | None = _organization(self).resource_policy
    if policy is None:
        raise ResourcePolicyNotFoundException
    return policy


def _delete(self: Any) -> None:
    self.describe_resource_policy()
    self.org.resource_policy = None


def _handle_put(self: Any) -> str:
    policy = self.organizations_backend.put_resource_policy(self._get_param("Content"))
    return json.dumps({"ResourcePolicy": policy.describe()})


def _handle_describe(self: Any) -> str:
    return json.dumps({"ResourcePolicy": self.organizations_backend.describe_resource_policy().describe()})


def _handle_delete(self: Any) -> str:
    self.organizations_backend.delete_resource_policy()
    return "{}"
