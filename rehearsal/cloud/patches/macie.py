"""Macie: sessions, accounts of the organisation, custom data identifiers, classification jobs and their findings.

A job reads objects under Macie's service-linked role. Source: Macie User Guide, "Service-linked roles for Macie",
"Allowing Macie to access S3 buckets and objects", "Analyzing encrypted S3 objects with Macie", "Managing multiple
accounts with AWS Organizations" and "Reviewing and analyzing findings".
"""

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any, Final

from moto.core.utils import utcnow
from moto.macie2 import urls
from moto.macie2.models import MacieBackend, Member, macie2_backends
from moto.macie2.responses import MacieResponse
from moto.moto_api._internal import mock_random

from rehearsal.cloud.authorization.organization import management_account
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
        findings=dict,
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


def _create_member(self: Any, account: Item, **_: Any) -> Item:
    """Associate an account of the organisation; Macie is then enabled there.

    Other accounts would be invited, which the emulated Macie does not do.
    """
    _session(self)
    identity = str(account["accountId"])
    if identity in self.members:
        raise AwsError("ValidationException", f"The account {identity} is already a member")
    if not management_account(identity) or management_account(identity) != management_account(self.account_id):
        raise AwsError("ValidationException", f"The account {identity} is not an account of the organization")
    member: Any = Member(identity, self.region_name, self.account_id, _invitation())
    member.email = account["email"]
    self.members[identity] = member
    backend: Any = macie2_backends[identity][self.region_name]
    backend.administrator_account = member
    if backend.macie_session is None:
        backend.enable_macie()
    return {"arn": member.arn}


def _invitation() -> Any:
    return SimpleNamespace(invited_at=utcnow())


def _member(backend: Any, identity: str) -> Any:
    if identity not in backend.members:
        raise AwsError("ResourceNotFoundException", f"The account {identity} is not a member")
    return backend.members[identity]


def _get_member(self: Any, **parameters: str) -> Item:
    _session(self)
    member = _member(self, parameters["id"])
    session = macie2_backends[parameters["id"]][self.region_name].macie_session or {}
    status = "Enabled" if session.get("status") == "ENABLED" else "Paused"
    return {**member.to_json(), "email": member.email, "relationshipStatus": status}


def _update_member_session(self: Any, status: str, **parameters: str) -> None:
    """Pause or resume Macie in the account of a member."""
    _member(self, parameters["id"])
    backend: Any = macie2_backends[parameters["id"]][self.region_name]
    backend.update_macie_session(status=status)


def _create_classification_job(self: Any, name: str, job_type: str, s3_job_definition: Item, **members: Any) -> Item:
    """Run a job at once over the buckets that it names; a job on a schedule runs once."""
    _session(self)
    identity, started = mock_random.uuid4().hex, utcnow()
    selector = members.get("managed_data_identifier_selector") or ""
    work = classification.job(s3_job_definition, selector, members.get("managed_data_identifier_ids") or ())
    outcome = classification.run(self.account_id, self.region_name, work)
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
    for sensitive in outcome.sensitive:
        finding = _finding(self, identity, arn, sensitive)
        self.findings[finding["id"]] = finding
    classification.log(self.account_id, self.region_name, identity, outcome)
    return {"jobId": identity, "jobArn": arn}


def _finding(backend: Any, job: str, job_arn: str, sensitive: classification.SensitiveObject) -> Item:
    """A finding, without the text that was found: Macie reports kinds, counts and places."""
    total = sum(sensitive.counts.values())
    detected = [{"type": identity, "count": count} for identity, count in sorted(sensitive.counts.items())]
    result = {
        "status": {"code": "COMPLETE"},
        "sensitiveData": [{"category": "PERSONAL_INFORMATION", "totalCount": total, "detections": detected}],
    }
    arn = f"arn:aws:s3:::{sensitive.bucket}"
    return {
        "id": mock_random.uuid4().hex,
        "accountId": backend.account_id,
        "region": backend.region_name,
        "partition": "aws",
        "category": "CLASSIFICATION",
        "type": "SensitiveData:S3Object/Personal",
        "title": "The S3 object contains personal information",
        "description": "The S3 object contains personal information such as names or identification numbers.",
        "severity": {"score": 3, "description": "High"},
        "count": 1,
        "sample": False,
        "archived": False,
        "createdAt": utcnow(),
        "updatedAt": utcnow(),
        "classificationDetails": {"jobId": job, "jobArn": job_arn, "result": result},
        "resourcesAffected": {
            "s3Bucket": {"name": sensitive.bucket, "arn": arn},
            "s3Object": {
                "bucketArn": arn,
                "key": sensitive.key,
                "path": f"{sensitive.bucket}/{sensitive.key}",
            },
        },
    }


def _list_findings(self: Any, finding_criteria: Mapping[str, Any] | None = None, **_: Any) -> Item:
    """The ids of findings; criteria are texts that a field equals, such as `classificationDetails.jobId`."""
    _session(self)
    criteria = (finding_criteria or {}).get("criterion") or {}
    wanted = {path: condition.get("eq") for path, condition in criteria.items()}
    if None in wanted.values():
        raise AwsError("ValidationException", "The emulated Macie knows the condition eq of findings only")
    ids = [
        identity
        for identity, finding in self.findings.items()
        if all(_field(finding, path) in values for path, values in wanted.items())
    ]
    return {"findingIds": ids}


def _field(finding: Mapping[str, Any], path: str) -> Any:
    value: Any = finding
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _get_findings(self: Any, finding_ids: Sequence[str], **_: Any) -> Item:
    _session(self)
    return {"findings": [self.findings[identity] for identity in finding_ids if identity in self.findings]}


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
    _create_member,
    _get_member,
    _update_member_session,
    _create_classification_job,
    _list_findings,
    _get_findings,
    _describe_classification_job,
    _list_classification_jobs,
    _tag_resource,
    _untag_resource,
    _list_tags_for_resource,
)
