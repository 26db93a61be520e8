"""Security Hub: finding aggregators, settings and administrators, which moto lacks."""

from collections.abc import Sequence
from typing import Any, Final

from moto.moto_api._internal import mock_random
from moto.securityhub import urls
from moto.securityhub.models import SecurityHubBackend, securityhub_backends
from moto.securityhub.responses import SecurityHubResponse

from rehearsal.cloud.authorization.organization import organization_of
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]


def apply() -> None:
    """Add the operations; find the organisation of member accounts."""
    assert urls
    registry.add_state(
        SecurityHubBackend,
        aggregators=dict,
        hub_settings=dict,
    )
    SecurityHubBackend.org_backend = property(  # pyright: ignore[reportAttributeAccessIssue]
        lambda self: organization_of(self.account_id), lambda _self, _value: None
    )
    registry.replace(
        SecurityHubBackend, "update_organization_configuration", "b9b9c1933bf2", _centrally_with_an_aggregator
    )
    registry.replace(SecurityHubBackend, "describe_hub", "cce60c47a020", _with_settings)
    registry.add_operations(securityhub_backends, SecurityHubResponse, *_OPERATIONS)


def check_enabled(backend: Any) -> None:
    """Refuse a request of an account without Security Hub."""
    if not backend.enabled:
        raise AwsError("InvalidAccessException", f"Account {backend.account_id} is not subscribed to AWS Security Hub")


def _centrally_with_an_aggregator(original: Any) -> Any:
    def update_organization_configuration(
        self: Any,
        auto_enable: bool,
        auto_enable_standards: str | None = None,
        organization_configuration: Item | None = None,
    ) -> None:
        configuration = organization_configuration
        if configuration is not None:
            configuration = {"Status": "ENABLED", **configuration}
            if configuration.get("ConfigurationType") == "CENTRAL" and not self.aggregators:
                raise AwsError("InvalidInputException", "Central configuration needs a finding aggregator")
        original(self, auto_enable, auto_enable_standards, configuration)

    return update_organization_configuration


def _with_settings(original: Any) -> Any:
    def describe_hub(self: Any, hub_arn: str | None = None) -> Item:
        return {**original(self, hub_arn), **self.hub_settings}

    return describe_hub


def _update_security_hub_configuration(self: Any, **settings: Any) -> None:
    check_enabled(self)
    names = {
        "auto_enable_controls": "AutoEnableControls",
        "control_finding_generator": "ControlFindingGenerator",
    }
    self.hub_settings.update({names[name]: value for name, value in settings.items()})


def _list_organization_admin_accounts(self: Any, **_: Any) -> Item:
    administrator = self._get_org_config()["admin_account_id"]
    accounts = [{"AccountId": administrator, "Status": "ENABLED"}] if administrator else []
    return {"AdminAccounts": accounts}


def _disable_organization_admin_account(self: Any, admin_account_id: str, **_: Any) -> None:
    configuration = self._get_org_config()
    if configuration["admin_account_id"] != admin_account_id:
        raise AwsError("InvalidInputException", f"{admin_account_id} is not the delegated administrator")
    configuration["admin_account_id"] = None


def _create_finding_aggregator(self: Any, region_linking_mode: str, regions: Sequence[str] = ()) -> Item:
    check_enabled(self)
    if self.aggregators:
        raise AwsError("InvalidInputException", "The account has a finding aggregator already")
    name = str(mock_random.uuid4())
    arn = f"arn:aws:securityhub:{self.region_name}:{self.account_id}:finding-aggregator/{name}"
    self.aggregators[arn] = {
        "FindingAggregatorArn": arn,
        "FindingAggregationRegion": self.region_name,
        "RegionLinkingMode": region_linking_mode,
        "Regions": list(regions),
    }
    return self.aggregators[arn]


def _aggregator(backend: Any, arn: str) -> Item:
    check_enabled(backend)
    if arn not in backend.aggregators:
        raise AwsError("ResourceNotFoundException", f"The finding aggregator {arn} was not found")
    item: Item = backend.aggregators[arn]
    return item


def _get_finding_aggregator(self: Any, finding_aggregator_arn: str) -> Item:
    return _aggregator(self, finding_aggregator_arn)


def _list_finding_aggregators(self: Any, **_: Any) -> Item:
    check_enabled(self)
    return {"FindingAggregators": [{"FindingAggregatorArn": arn} for arn in self.aggregators]}


def _update_finding_aggregator(
    self: Any, finding_aggregator_arn: str, region_linking_mode: str, regions: Sequence[str] = ()
) -> Item:
    aggregator = _aggregator(self, finding_aggregator_arn)
    aggregator.update(RegionLinkingMode=region_linking_mode, Regions=list(regions))
    return aggregator


def _delete_finding_aggregator(self: Any, finding_aggregator_arn: str) -> None:
    _aggregator(self, finding_aggregator_arn)
    if self._get_org_config()["configuration"].get("ConfigurationType") == "CENTRAL":
        raise AwsError("InvalidInputException", "The finding aggregator is needed by central configuration")
    del self.aggregators[finding_aggregator_arn]


_OPERATIONS: Final = (
    _update_security_hub_configuration,
    _list_organization_admin_accounts,
    _disable_organization_admin_account,
    _create_finding_aggregator,
    _get_finding_aggregator,
    _list_finding_aggregators,
    _update_finding_aggregator,
    _delete_finding_aggregator,
)
