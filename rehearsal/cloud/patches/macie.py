"""Macie: changes of a session, configuration of the organisation, custom data identifiers, and classification jobs.

A job reads objects under Macie's service-linked role. Source: Macie User Guide, "Service-linked roles for Macie",
"Allowing Macie to access S3 buckets and objects" and "Analyzing encrypted S3 objects with Macie".
"""

from collections.abc import Sequence
from typing import Any, Final

from moto.core.utils import utcnow
from moto.macie2 import urls
from moto.macie2.models import MacieBackend, macie2_backends
from moto.macie2.responses import MacieResponse
from moto.moto_api._internal import mock_random

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.deliveries import classification
from rehearsal.cloud.patches import registry

Item = dict[str, Any]


def apply() -> None:
    """Add the operations; begin without a session: moto enables Macie in every account."""
    assert urls
    registry.add_state(
        MacieBackend,
        macie_session=lambda: None,
        auto_enable=lambda: False,
        custom_identifiers=dict,
        classification_jobs=dict,
    )
    registry.add_operations(macie2_backends, MacieResponse, *_OPERATIONS)


def _session(backend: Any) -> Item:
    if not backend.macie_session:
        raise AwsError("AccessDeniedException", "Macie is not enabled")
    session: Item = backend.macie_session
    return session


def _update_macie_session(self: Any, **members: Any) -> None:
    names = {"finding_publishing_frequency": "findingPublishingFrequency", "status": "status"}
    changed = {names[name]: value for name, value in members.items()}
    _session(self).update(changed, updatedAt=utcnow())


def _disable_organization_admin_account(self: Any, admin_account_id: str) -> None:
    if self.organization_admin_account_id != admin_account_id:
        raise AwsError("ResourceNotFoundException", f"{admin_account_id} is not the delegated administrator")
    self.organization_admin_account_id = None


def _update_organization_configuration(self: Any, auto_enable: bool) -> None:
    _session(self)
    self.auto_enable = auto_enable


def _describe_organization_configuration(self: Any) -> Item:
    _session(self)
    return {"autoEnable": self.auto_enable, "maxAccountLimitReached": False}


def _create_custom_data_identifier(self: Any, name: str, regex: str, tags: Any = None, **members: Any) -> Item:
    _session(self)
    if any(item["name"] == name and not item["deleted"] for item in self.custom_identifiers.values()):
        raise AwsError("ConflictException", f"A custom data identifier with the name {name} exists already")
    identity = str(mock_random.uuid4())
    arn = f"arn:aws:macie2:{self.region_name}:{self.account_id}:custom-data-identifier/{identity}"
    names = {
        "description": "description",
        "ignore_words": "ignoreWords",
        "keywords": "keywords",
        "maximum_match_distance": "maximumMatchDistance",
    }
    self.custom_identifiers[identity] = {
        "id": identity,
        "arn": arn,
        "name": name,
        "regex": regex,
        "tags": tags or {},
        "createdAt": utcnow(),
        "deleted": False,
        "maximumMatchDistance": 50,
        **{names[key]: value for key, value in members.items() if key in names},
    }
    return {"customDataIdentifierId": identity}


def _identifier(backend: Any, identity: str) -> Item:
    _session(backend)
    item: Item | None = backend.custom_identifiers.get(identity)
    if item is None or item["deleted"]:
        raise AwsError("ResourceNotFoundException", f"The custom data identifier {identity} doesn't exist")
    return item


def _get_custom_data_identifier(self: Any, **parameters: str) -> Item:
    return _identifier(self, parameters["id"])


def _delete_custom_data_identifier(self: Any, **parameters: str) -> None:
    _identifier(self, parameters["id"])["deleted"] = True


def _list_custom_data_identifiers(self: Any, **_: Any) -> Item:
    _session(self)
    return {"items": [item for item in self.custom_identifiers.values() if not item["deleted"]]}


def _create_classification_job(self: Any, name: str, job_type: str, s3_job_definition: Item, **members: Any) -> Item:
    """Run a job at once over the buckets that it names; a job on a schedule runs once."""
    _session(self)
    identity, started = mock_random.uuid4().hex, utcnow()
    outcome = classification.run(self.account_id, self.region_name, s3_job_definition.get("bucketDefinitions") or ())
    arn = f"arn:aws:macie2:{self.region_name}:{self.account_id}:classification-job/{identity}"
    self.classification_jobs[identity] = {
        "jobId": identity,
        "jobArn": arn,
        "name": name,
        "jobType": job_type,
        "jobStatus": "COMPLETE" if job_type == "ONE_TIME" else "IDLE",
        "s3JobDefinition": s3_job_definition,
        "createdAt": started,
        "lastRunTime": started,
        "lastRunErrorStatus": {"code": "ERROR" if outcome.denials else "NONE"},
        "statistics": {"approximateNumberOfObjectsToProcess": 0, "numberOfRuns": 1},
        "tags": members.get("tags") or {},
    }
    classification.log(self.account_id, self.region_name, identity, outcome)
    return {"jobId": identity, "jobArn": arn}


def _describe_classification_job(self: Any, job_id: str) -> Item:
    _session(self)
    if job_id not in self.classification_jobs:
        raise AwsError("ResourceNotFoundException", f"The job {job_id} doesn't exist")
    job: Item = self.classification_jobs[job_id]
    return job


def _list_classification_jobs(self: Any, **_: Any) -> Item:
    _session(self)
    names = ("jobId", "name", "jobType", "jobStatus", "createdAt", "lastRunErrorStatus")
    return {"items": [{name: job[name] for name in names} for job in self.classification_jobs.values()]}


def _tag_resource(self: Any, resource_arn: str, tags: dict[str, str]) -> None:
    _identifier(self, resource_arn.rpartition("/")[2])["tags"].update(tags)


def _untag_resource(self: Any, resource_arn: str, tag_keys: Sequence[str]) -> None:
    for key in tag_keys:
        _identifier(self, resource_arn.rpartition("/")[2])["tags"].pop(key, None)


def _list_tags_for_resource(self: Any, resource_arn: str) -> Item:
    return {"tags": _identifier(self, resource_arn.rpartition("/")[2])["tags"]}


_OPERATIONS: Final = (
    _update_macie_session,
    _disable_organization_admin_account,
    _update_organization_configuration,
    _describe_organization_configuration,
    _create_custom_data_identifier,
    _get_custom_data_identifier,
    _delete_custom_data_identifier,
    _list_custom_data_identifiers,
    _create_classification_job,
    _describe_classification_job,
    _list_classification_jobs,
    _tag_resource,
    _untag_resource,
    _list_tags_for_resource,
)
