"""Config: organization conformance packs keep their template, deploy into accounts with a recorder, and are deleted."""

import json
from collections.abc import Iterator
from typing import Any, Final

import yaml
from moto.config.models import ConfigBackend, OrganizationConformancePack, config_backends

from rehearsal.cloud.authorization.organization import organization_of
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]
FAILED: Final = "CREATE_FAILED"
MALFORMED: Final = "OrganizationConformancePackTemplateValidationException"


def apply() -> None:
    """Replace the operation that puts a pack, which takes no inline template in moto."""
    registry.replace(ConfigBackend, "put_organization_conformance_pack", "b2fb01d16038", lambda _: _put)


class _Loader(yaml.SafeLoader):
    """Reads YAML with the short forms of CloudFormation's functions."""


_Loader.add_multi_constructor("!", lambda _loader, _suffix, node: str(node.value))


def check_template(text: str) -> None:
    """Refuse a template that is no CloudFormation template of Config rules and remediations."""
    try:
        template = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except (ValueError, yaml.YAMLError) as error:
        raise AwsError(MALFORMED, f"The template is malformed: {error}") from error
    resources = template.get("Resources") if isinstance(template, dict) else None
    if not isinstance(resources, dict) or not resources:
        raise AwsError(MALFORMED, "The template has no Resources")
    for name, resource in resources.items():
        kind = str(resource.get("Type")) if isinstance(resource, dict) else ""
        if kind not in ("AWS::Config::ConfigRule", "AWS::Config::RemediationConfiguration"):
            raise AwsError(MALFORMED, f"The resource {name} has the type {kind}, which conformance packs do not have")


def _without_recorder(backend: Any, excluded: list[str]) -> Iterator[str]:
    """The member accounts of the organisation that have no recorder in the region."""
    organization = organization_of(backend.account_id)
    for account in organization.accounts:
        if account.id == organization.org.master_account_id:
            continue
        active = getattr(account, "status", "ACTIVE") == "ACTIVE"
        if active and account.id not in excluded and not config_backends[account.id][backend.region_name].recorders:
            yield str(account.id)


def _put(
    self: Any,
    *,
    name: str,
    template_s3_uri: str,
    template_body: str,
    delivery_s3_bucket: str,
    delivery_s3_key_prefix: str,
    input_parameters: list[dict[str, str]],
    excluded_accounts: list[str],
) -> Item:
    if not template_s3_uri and not template_body:
        raise AwsError(MALFORMED, "Template body is invalid")
    if template_body:
        check_template(template_body)
    pack: Any = self.organization_conformance_packs.get(name)
    settings = {
        "delivery_s3_bucket": delivery_s3_bucket,
        "delivery_s3_key_prefix": delivery_s3_key_prefix,
        "input_parameters": input_parameters or [],
        "excluded_accounts": excluded_accounts or [],
    }
    if pack is None:
        pack = OrganizationConformancePack(self.account_id, self.region_name, name, **settings)
    else:
        pack.update(**settings)
    missing = list(_without_recorder(self, pack.excluded_accounts))
    if missing:
        pack._status = FAILED  # noqa: SLF001 - moto's own name of the status
    self.organization_conformance_packs[name] = pack
    return {"OrganizationConformancePackArn": pack.organization_conformance_pack_arn}
