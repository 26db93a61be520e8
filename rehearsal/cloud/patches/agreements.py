"""AWS Artifact: the Business Associate Addendum of the organisation, which AWS accepts in its console alone."""

import uuid
from typing import Any, Final

from moto.core.utils import utcnow

from rehearsal.cloud.patches import registry
from rehearsal.cloud.services.artifact import urls
from rehearsal.cloud.services.artifact.models import artifact_backends
from rehearsal.cloud.services.artifact.responses import ArtifactResponse

ADDENDUM: Final = "AWS Organizations Business Associate Addendum"
_state: Final[dict[str, Any]] = {"active": True, "since": None}


def apply() -> None:
    """Add the operations."""
    assert urls
    registry.add_operations(artifact_backends, ArtifactResponse, _list_customer_agreements, region="us-east-1")


def set_addendum(*, active: bool) -> None:
    """Accepts or terminates the addendum for the organisation, as a person does in the console of AWS Artifact."""
    _state.update(active=active, since=utcnow())


def _list_customer_agreements(self: Any, **_: Any) -> dict[str, Any]:
    since = _state["since"] or utcnow()
    identifier = uuid.uuid5(uuid.NAMESPACE_URL, str(self.account_id)).hex[:16]
    agreement = {
        "name": ADDENDUM,
        "arn": f"arn:aws:artifact::{self.account_id}:customer-agreement/customer-agreement-{identifier}",
        "id": f"customer-agreement-{identifier}",
        "agreementArn": "arn:aws:artifact:::agreement/agreement-baaOrganizations",
        "awsAccountId": self.account_id,
        "effectiveStart": since,
        "state": "ACTIVE" if _state["active"] else "CUSTOMER_TERMINATED",
        "description": "Business Associate Addendum for all accounts of the organization",
        "acceptanceTerms": [],
        "terminateTerms": [],
        "type": "DEFAULT",
    }
    return {"customerAgreements": [agreement]}
