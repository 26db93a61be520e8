"""Route 53: health checks keep their alarm, and names resolve by routing policy and health."""

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.route53.models import FakeZone, HealthCheck, Route53Backend, route53_backends
from moto.route53.responses import Route53

from rehearsal.cloud.errors import CloudError
from rehearsal.cloud.patches import registry

_KEPT = ("AlarmIdentifier", "InsufficientDataHealthStatus")


def apply() -> None:
    """Keep the members of a health check's configuration that moto drops."""
    registry.replace(Route53, "create_health_check", "101575939b7f", _keeping)
    registry.replace(Route53, "update_health_check", "85e6ad57bd7c", _changing)
    registry.replace(Route53Backend, "change_resource_record_sets", "b76a48a1a7ef", _deleting)
    registry.replace(Route53Backend, "associate_vpc_with_hosted_zone", "68b943e4dd4b", _wherever_it_is)
    registry.replace(Route53Backend, "disassociate_vpc_from_hosted_zone", "364108cf9963", _wherever_it_is)
    registry.replace(Route53Backend, "list_hosted_zones_by_vpc", "0c8fbb9a4e12", _of_every_account)
    registry.replace(FakeZone, "delete_rrset_by_id", "d373478854fa", lambda _: lambda _zone, _identifier: None)
    original: Any = HealthCheck.health_check_config
    HealthCheck.health_check_config = property(lambda self: {**original.fget(self), **getattr(self, "kept", {})})  # pyright: ignore[reportAttributeAccessIssue]


def _keeping(original: Any) -> Any:
    def create_health_check(self: Any) -> Any:
        existing = set(self.backend.health_checks)
        answer = original(self)
        config = self._get_param("HealthCheckConfig")
        for identity in set(self.backend.health_checks) - existing:
            self.backend.health_checks[identity].kept = {name: config[name] for name in _KEPT if config.get(name)}
        return answer

    return create_health_check


def _changing(original: Any) -> Any:
    def update_health_check(self: Any) -> Any:
        answer = original(self)
        check: Any = self.backend.health_checks[self._get_param("HealthCheckId")]
        parameters = {name: self._get_param(name) for name in _KEPT}
        check.kept = {**getattr(check, "kept", {}), **{name: value for name, value in parameters.items() if value}}
        check.health_check_version += 1
        return answer

    return update_health_check


def _wherever_it_is(original: Any) -> Any:
    """Associate VPCs with hosted zones of other accounts. Authorizations are not checked: moto has none."""

    def on_the_zones_account(self: Any, zone_id: str, *args: Any, **kwargs: Any) -> Any:
        name = zone_id.replace("/hostedzone/", "")
        return original(
            next((backend for backend in _backends() if name in backend.zones), self), zone_id, *args, **kwargs
        )

    return on_the_zones_account


def _of_every_account(original: Any) -> Any:
    def list_hosted_zones_by_vpc(_self: Any, vpc_id: str) -> list[dict[str, Any]]:
        return [zone for backend in _backends() for zone in original(backend, vpc_id)]

    return list_hosted_zones_by_vpc


def _backends() -> list[Any]:
    return [backends["aws"] for backends in list(route53_backends.values())]


def _deleting(original: Any) -> Any:
    """Delete records by name, type and set identifier. Moto compares the set identifier only."""

    def change_resource_record_sets(self: Any, zoneid: str, change_list: list[dict[str, Any]]) -> None:
        zone: Any = self.get_hosted_zone(zoneid)
        before: set[int] = {id(rrset) for rrset in zone.rrsets}
        original(self, zoneid, change_list)
        deleted = {
            (entry["Name"], entry["Type"], entry.get("SetIdentifier"))
            for entry in (change["ResourceRecordSet"] for change in change_list if change["Action"] == "DELETE")
        }
        zone.rrsets = [
            rrset
            for rrset in zone.rrsets
            if id(rrset) not in before or (rrset.name, rrset.type, rrset.set_identifier) not in deleted
        ]

    return change_resource_record_sets


def resolve(account: str, name: str) -> list[str]:
    """Return the values that a name of an account's hosted zones resolves to, by failover, weight and health checks.

    Only what Route 53's data plane knows counts: records, health checks, and states of alarms. Raises CloudError for a
    name that no zone has.
    """
    requested = f"{name.rstrip('.')}."
    zones = route53_backends[account]["aws"].zones.values()
    records: list[Any] = [rrset for zone in zones for rrset in zone.rrsets if rrset.name == requested]
    if not records:
        raise CloudError(f"no zone of the account {account} has a record {name}")
    healthy = [
        record for record in records if record.health_check_id is None or _healthy(account, record.health_check_id)
    ]
    primary = [entry for entry in healthy if entry.failover == "PRIMARY"]
    chosen = primary or [item for item in healthy if item.failover == "SECONDARY"] or healthy or records
    # Weighted records share the answers; whoever asks takes one by chance.
    return [
        value for element in chosen if element.weight is None or int(element.weight) > 0 for value in element.records
    ]


def recorded_names() -> list[tuple[str, str]]:
    """Return account and name of every record with values."""
    return sorted(
        {
            (account, str(rrset.name))
            for account, backends in list(route53_backends.items())
            for zone in backends["aws"].zones.values()
            for rrset in zone.rrsets
            if rrset.records
        }
    )


def _healthy(account: str, identity: str) -> bool:
    check: Any = route53_backends[account]["aws"].health_checks.get(identity)
    if check is None or check.disabled:
        return True
    alarm = getattr(check, "kept", {}).get("AlarmIdentifier")
    if alarm is None:
        return True
    result = cloudwatch_backends[account][alarm["Region"]].alarms.get(alarm["Name"])
    state = result.state_value if result is not None else "INSUFFICIENT_DATA"
    if state == "INSUFFICIENT_DATA":
        return bool(check.kept.get("InsufficientDataHealthStatus") != "Unhealthy")
    return bool((state == "OK") != bool(check.inverted))
