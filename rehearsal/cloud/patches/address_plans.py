"""EC2 IPAM, which moto lacks: address managers, pools and their CIDRs, the organisation's administrator."""

from ipaddress import ip_network
from typing import Any, Final

from moto.ec2 import models, utils
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.responses import EC2Response
from moto.moto_api._internal import mock_random

from rehearsal.cloud.authorization.organization import organization_of
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]
SERVICE: Final = "ipam.amazonaws.com"


def apply() -> None:
    """Add the operations; let the resources have tags."""
    for name in ("ipam", "ipam-pool"):
        utils.EC2_RESOURCE_TO_PREFIX.setdefault(name, name)
        utils.EC2_PREFIX_TO_RESOURCE.setdefault(name, name)
    registry.replace(models, "is_valid_resource_id", "c7208716b0b8", _or_pool)
    registry.add_state(EC2Backend, ipams=dict, ipam_pools=dict)
    registry.add_operations(ec2_backends, EC2Response, *_OPERATIONS)


def _or_pool(original: Any) -> Any:
    def is_valid_resource_id(resource_id: str) -> bool:
        return resource_id.startswith("ipam-pool-") or bool(original(resource_id))

    return is_valid_resource_id


def _identity(prefix: str) -> str:
    return f"{prefix}-{mock_random.get_random_hex(17)}"


def _find(collection: dict[str, Item], identity: str, code: str) -> Item:
    if identity not in collection:
        raise AwsError(code, f"The ID {identity} does not exist")
    return collection[identity]


def _tagged(backend: Any, identity: str, specifications: Any) -> None:
    for specification in specifications or ():
        backend.create_tags([identity], {tag["Key"]: tag["Value"] for tag in specification.get("Tags") or ()})


def _tags(backend: Any, identity: str) -> list[Item]:
    return [
        {"Key": tag["key"], "Value": tag["value"]} for tag in backend.describe_tags(filters={"resource-id": [identity]})
    ]


def _enable_ipam_organization_admin_account(self: Any, delegated_admin_account_id: str, **_: Any) -> Item:
    organization = organization_of(self.account_id)
    if organization.org is None or organization.org.master_account_id != self.account_id:
        raise AwsError("OperationNotPermitted", "Only the management account designates the administrator of IPAM")
    organization.register_delegated_administrator(AccountId=delegated_admin_account_id, ServicePrincipal=SERVICE)
    return {"Success": True}


def _disable_ipam_organization_admin_account(self: Any, delegated_admin_account_id: str, **_: Any) -> Item:
    organization_of(self.account_id).deregister_delegated_administrator(
        AccountId=delegated_admin_account_id, ServicePrincipal=SERVICE
    )
    return {"Success": True}


def _create_ipam(self: Any, description: str = "", operating_regions: Any = None, **parameters: Any) -> Item:
    identity, public, private = _identity("ipam"), _identity("ipam-scope"), _identity("ipam-scope")
    _tagged(self, identity, parameters.get("tag_specifications"))
    self.ipams[identity] = {
        "OwnerId": self.account_id,
        "IpamId": identity,
        "IpamArn": f"arn:aws:ec2::{self.account_id}:ipam/{identity}",
        "IpamRegion": self.region_name,
        "PublicDefaultScopeId": public,
        "PrivateDefaultScopeId": private,
        "ScopeCount": 2,
        "Description": description,
        "OperatingRegions": operating_regions or [{"RegionName": self.region_name}],
        "State": "create-complete",
        "DefaultResourceDiscoveryId": _identity("ipam-res-disco"),
        "DefaultResourceDiscoveryAssociationId": _identity("ipam-res-disco-assoc"),
        "Tier": parameters.get("tier") or "advanced",
        "EnablePrivateGua": bool(parameters.get("enable_private_gua")),
    }
    return {"Ipam": _ipam(self, identity)}


def _ipam(backend: Any, identity: str) -> Item:
    return {**_find(backend.ipams, identity, "InvalidIpamId.NotFound"), "Tags": _tags(backend, identity)}


def _describe_ipams(self: Any, ipam_ids: Any = None, **_: Any) -> Item:
    return {"Ipams": [_ipam(self, identity) for identity in ipam_ids or self.ipams]}


def _modify_ipam(self: Any, ipam_id: str, **members: Any) -> Item:
    ipam = _find(self.ipams, ipam_id, "InvalidIpamId.NotFound")
    names = {"description": "Description", "tier": "Tier", "enable_private_gua": "EnablePrivateGua"}
    ipam.update({names[name]: value for name, value in members.items() if name in names})
    removed = members.get("remove_operating_regions") or []
    kept = [region for region in ipam["OperatingRegions"] if region not in removed]
    ipam["OperatingRegions"] = [*kept, *(members.get("add_operating_regions") or [])]
    return {"Ipam": _ipam(self, ipam_id)}


def _delete_ipam(self: Any, ipam_id: str, cascade: bool = False, **_: Any) -> Item:
    ipam = _ipam(self, ipam_id)
    pools = [pool for pool in self.ipam_pools.values() if pool["ipam"] == ipam_id]
    if pools and not cascade:
        raise AwsError("IncorrectState", f"{ipam_id} has pools")
    del self.ipams[ipam_id]
    return {"Ipam": {**ipam, "State": "delete-complete"}}


def _create_ipam_pool(self: Any, ipam_scope_id: str, address_family: str, **parameters: Any) -> Item:
    ipam = next((item for item in self.ipams.values() if ipam_scope_id in item.values()), None)
    if ipam is None:
        raise AwsError("InvalidIpamScopeId.NotFound", f"The scope {ipam_scope_id} does not exist")
    locale = str(parameters.get("locale") or "None")
    if locale != "None" and {"RegionName": locale} not in ipam["OperatingRegions"]:
        raise AwsError("InvalidParameterValue", f"The locale {locale} is no operating region of {ipam['IpamId']}")
    identity = _identity("ipam-pool")
    _tagged(self, identity, parameters.get("tag_specifications"))
    kind = "private" if ipam["PrivateDefaultScopeId"] == ipam_scope_id else "public"
    names = {name: "".join(part.title() for part in name.split("_")) for name in parameters}
    kept = {
        names[name]: value
        for name, value in parameters.items()
        if name.startswith(("allocation_", "description", "locale", "source_ipam", "auto_", "aws_service"))
    }
    self.ipam_pools[identity] = {
        "OwnerId": self.account_id,
        "IpamPoolId": identity,
        "IpamPoolArn": f"arn:aws:ec2::{self.account_id}:ipam-pool/{identity}",
        "IpamScopeArn": f"arn:aws:ec2::{self.account_id}:ipam-scope/{ipam_scope_id}",
        "IpamScopeType": kind,
        "IpamArn": ipam["IpamArn"],
        "PoolDepth": 1,
        "State": "create-complete",
        "AddressFamily": address_family,
        "AutoImport": False,
        **kept,
        "ipam": ipam["IpamId"],
        "cidrs": {},
    }
    return {"IpamPool": _pool(self, identity)}


def _pool(backend: Any, identity: str) -> Item:
    return {**_find(backend.ipam_pools, identity, "InvalidIpamPoolId.NotFound"), "Tags": _tags(backend, identity)}


def _describe_ipam_pools(self: Any, ipam_pool_ids: Any = None, **_: Any) -> Item:
    return {"IpamPools": [_pool(self, identity) for identity in ipam_pool_ids or self.ipam_pools]}


def _modify_ipam_pool(self: Any, ipam_pool_id: str, **members: Any) -> Item:
    pool = _find(self.ipam_pools, ipam_pool_id, "InvalidIpamPoolId.NotFound")
    for name, value in members.items():
        if name.startswith(("allocation_", "description", "auto_")):
            pool["".join(part.title() for part in name.split("_"))] = value
    return {"IpamPool": _pool(self, ipam_pool_id)}


def _delete_ipam_pool(self: Any, ipam_pool_id: str, **_: Any) -> Item:
    pool = _pool(self, ipam_pool_id)
    if pool["cidrs"]:
        raise AwsError("IncorrectState", f"{ipam_pool_id} has provisioned CIDRs")
    del self.ipam_pools[ipam_pool_id]
    return {"IpamPool": {**pool, "State": "delete-complete"}}


def _provision_ipam_pool_cidr(self: Any, ipam_pool_id: str, cidr: str, **_: Any) -> Item:
    pool = _find(self.ipam_pools, ipam_pool_id, "InvalidIpamPoolId.NotFound")
    for other in self.ipam_pools.values():
        taken = [existing for existing in other["cidrs"] if ip_network(existing).overlaps(ip_network(cidr))]
        if taken and other["ipam"] == pool["ipam"]:
            raise AwsError("InvalidParameterValue", f"{cidr} overlaps {taken[0]} of {other['IpamPoolId']}")
    pool["cidrs"][cidr] = {
        "Cidr": cidr,
        "State": "provisioned",
        "IpamPoolCidrId": _identity("ipam-pool-cidr"),
        "NetmaskLength": ip_network(cidr).prefixlen,
    }
    return {"IpamPoolCidr": pool["cidrs"][cidr]}


def _get_ipam_pool_cidrs(self: Any, ipam_pool_id: str, **_: Any) -> Item:
    pool = _find(self.ipam_pools, ipam_pool_id, "InvalidIpamPoolId.NotFound")
    return {"IpamPoolCidrs": list(pool["cidrs"].values())}


def _deprovision_ipam_pool_cidr(self: Any, ipam_pool_id: str, cidr: str, **_: Any) -> Item:
    pool = _find(self.ipam_pools, ipam_pool_id, "InvalidIpamPoolId.NotFound")
    if cidr not in pool["cidrs"]:
        raise AwsError("InvalidParameterValue", f"{cidr} is not provisioned to {ipam_pool_id}")
    return {"IpamPoolCidr": {**pool["cidrs"].pop(cidr), "State": "deprovisioned"}}


_OPERATIONS: Final = (
    _enable_ipam_organization_admin_account,
    _disable_ipam_organization_admin_account,
    _create_ipam,
    _describe_ipams,
    _modify_ipam,
    _delete_ipam,
    _create_ipam_pool,
    _describe_ipam_pools,
    _modify_ipam_pool,
    _delete_ipam_pool,
    _provision_ipam_pool_cidr,
    _get_ipam_pool_cidrs,
    _deprovision_ipam_pool_cidr,
)
