"""Athena, Lake Formation, RAM and CloudWatch Logs: what is in use, exists already, or is outside the organization."""

import re
from typing import Any, Final

from moto.athena.models import athena_backends
from moto.lakeformation.models import lakeformation_backends
from moto.logs.models import logs_backends
from moto.ram.models import ram_backends

from rehearsal.cloud.authorization.organization import organization_id
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

METRIC_FILTERS: Final = 100


def _work_group_in_use(situation: Situation) -> Refusal | None:
    backend: Any = athena_backends[situation.account][situation.region]
    name = situation.parameters.get("WorkGroup")
    used = any(
        str(getattr(query.workgroup, "name", query.workgroup)) == name for query in backend.named_queries.values()
    )
    if used and not situation.parameters.get("RecursiveDeleteOption"):
        return Refusal(code="InvalidRequestException", message=f"WorkGroup {name} is not empty")
    return None


def _tag_exists(situation: Situation) -> Refusal | None:
    backend: Any = lakeformation_backends[situation.account][situation.region]
    key = str(situation.parameters.get("TagKey"))
    if backend.get_lf_tag(str(situation.parameters.get("CatalogId") or situation.account), key):
        return Refusal(code="EntityAlreadyExistsException", message=f"Tag key {key} already exists")
    return None


def _outside_principals(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    arn = parameters.get("resourceShareArn")
    shares = ram_backends[situation.account][situation.region].resource_shares
    share: Any = next((entry for entry in shares if entry.arn == arn), None)
    allowed = (
        parameters.get("allowExternalPrincipals", True)
        if arn is None
        else getattr(share, "allow_external_principals", True)
    )
    own = organization_id(situation.account)
    for principal in parameters.get("principals") or ():
        outside = re.fullmatch(r"\d{12}", str(principal)) is not None and organization_id(str(principal)) != own
        if outside and not allowed:
            return Refusal(
                code="OperationNotPermittedException",
                message=f"The resource share does not allow principals outside the organization: {principal}",
            )
    return None


def _filters(situation: Situation) -> Refusal | None:
    backend: Any = logs_backends[situation.account][situation.region]
    name = situation.parameters.get("logGroupName")
    filters = [entry for entry in backend.filters.metric_filters if entry.get("logGroupName") == name]
    names = {entry.get("filterName") for entry in filters} | {situation.parameters.get("filterName")}
    if len(names) > METRIC_FILTERS:
        return Refusal(
            code="LimitExceededException", message=f"A log group has at most {METRIC_FILTERS} metric filters."
        )
    return None


RULES: Final = (
    Rule(
        service="athena",
        operations=("DeleteWorkGroup",),
        check=_work_group_in_use,
        states="a workgroup with saved queries is deleted only with RecursiveDeleteOption",
        source="Athena API Reference, DeleteWorkGroup",
    ),
    Rule(
        service="lakeformation",
        operations=("CreateLFTag",),
        check=_tag_exists,
        states="an LF-Tag key is created once",
        source="Lake Formation API Reference, CreateLFTag",
    ),
    Rule(
        service="ram",
        operations=("CreateResourceShare", "AssociateResourceShare"),
        check=_outside_principals,
        states="a share without external principals has principals of the organization only",
        source="RAM API Reference, CreateResourceShare",
    ),
    Rule(
        service="logs",
        operations=("PutMetricFilter",),
        check=_filters,
        states="a log group has at most 100 metric filters",
        source="CloudWatch Logs User Guide, CloudWatch Logs quotas",
    ),
)
