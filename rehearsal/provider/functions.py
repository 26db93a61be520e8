"""The provider functions (`Invoke`) that are implemented; other functions are refused."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.cloud import Endpoints
from rehearsal.provider.config import Configured
from rehearsal.provider.errors import RefusedError
from rehearsal.provider.values import Values

Function = Callable[[Values, Endpoints, Configured], Values]


def invoke(token: str, args: Values, endpoints: Endpoints, configured: Configured) -> Values:
    """Call a function. Raises RefusedError for a function that is not implemented."""
    function = _FUNCTIONS.get(token)
    if function is None:
        names = ", ".join(sorted(_FUNCTIONS))
        raise RefusedError(f"the emulated AWS provider does not implement the function {token}. It implements: {names}")
    return {**args, **function(args, endpoints, configured)}


def _caller_identity(_args: Values, endpoints: Endpoints, configured: Configured) -> Values:
    answer = endpoints.client("sts", configured.region, configured.credentials).get_caller_identity()
    return {"id": answer["Account"], "accountId": answer["Account"], "arn": answer["Arn"], "userId": answer["UserId"]}


def _region(args: Values, _endpoints: Endpoints, configured: Configured) -> Values:
    name = args.get("region") or args.get("name") or configured.region
    return {
        "id": name,
        "name": name,
        "region": name,
        "description": name,
        "endpoint": f"ec2.{name}.amazonaws.com",
    }


def _partition(_args: Values, _endpoints: Endpoints, _who: Configured) -> Values:
    return {"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}


def _zones(args: Values, endpoints: Endpoints, configured: Configured) -> Values:
    region = args.get("region") or configured.region
    zones = endpoints.client("ec2", region, configured.credentials).describe_availability_zones()["AvailabilityZones"]
    return {
        "id": region,
        "region": region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone.get("ZoneId", "") for zone in zones],
        "groupNames": [region],
    }


def _organization(_args: Values, endpoints: Endpoints, configured: Configured) -> Values:
    client = endpoints.client("organizations", configured.region, configured.credentials)
    organization = client.describe_organization()["Organization"]
    accounts = [
        {
            "id": account["Id"],
            "arn": account["Arn"],
            "name": account["Name"],
            "email": account["Email"],
            "status": account["Status"],
            "state": account.get("State", account["Status"]),
        }
        for page in client.get_paginator("list_accounts").paginate()
        for account in page["Accounts"]
    ]
    roots = [
        {
            "id": root["Id"],
            "arn": root["Arn"],
            "name": root["Name"],
            "policyTypes": [
                {"status": policy_type["Status"], "type": policy_type["Type"]} for policy_type in root["PolicyTypes"]
            ],
        }
        for root in client.list_roots()["Roots"]
    ]
    principals = client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    return {
        "id": organization["Id"],
        "arn": organization["Arn"],
        "featureSet": organization["FeatureSet"],
        "masterAccountArn": organization["MasterAccountArn"],
        "masterAccountId": organization["MasterAccountId"],
        "masterAccountEmail": organization["MasterAccountEmail"],
        "masterAccountName": next(
            account["name"] for account in accounts if account["id"] == organization["MasterAccountId"]
        ),
        "accounts": accounts,
        "nonMasterAccounts": [account for account in accounts if account["id"] != organization["MasterAccountId"]],
        "roots": roots,
        "awsServiceAccessPrincipals": [principal["ServicePrincipal"] for principal in principals],
        "enabledPolicyTypes": [policy_type["type"] for root in roots for policy_type in root["policyTypes"]],
    }


def _sso_instances(args: Values, endpoints: Endpoints, configured: Configured) -> Values:
    region = args.get("region") or configured.region
    instances = endpoints.client("sso-admin", region, configured.credentials).list_instances()["Instances"]
    return {
        "id": region,
        "region": region,
        "arns": [instance["InstanceArn"] for instance in instances],
        "identityStoreIds": [instance["IdentityStoreId"] for instance in instances],
    }


def _policy_document(args: Values, _endpoints: Endpoints, _who: Configured) -> Values:
    """Render a policy as the AWS provider does: overrides by Sid, single values unwrapped."""
    statements: dict[str, Any] = {}
    for source in args.get("sourcePolicyDocuments") or []:
        _collect(statements, json.loads(source)["Statement"])
    _collect(statements, [_statement(statement, args.get("version")) for statement in args.get("statements") or []])
    for source in args.get("overridePolicyDocuments") or []:
        _collect(statements, json.loads(source)["Statement"])
    document = {"Version": args.get("version") or "2012-10-17", "Statement": list(statements.values())}
    if args.get("policyId"):
        document["Id"] = args["policyId"]
    text = json.dumps(document, indent=2)
    return {
        "id": str(int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)),
        "json": text,
        "minifiedJson": json.dumps(document, separators=(",", ":")),
    }


def _collect(statements: dict[str, Any], statement: Any) -> None:
    for item in statement if isinstance(statement, list) else [statement]:
        statements[item.get("Sid") or f"#{len(statements)}"] = item


def _statement(statement: Mapping[str, Any], _version: Any) -> dict[str, Any]:
    result: dict[str, Any] = {"Sid": statement["sid"]} if statement.get("sid") else {}
    result["Effect"] = statement.get("effect") or "Allow"
    for name, key in (
        ("Action", "actions"),
        ("NotAction", "notActions"),
        ("Resource", "resources"),
        ("NotResource", "notResources"),
    ):
        if statement.get(key):
            result[name] = _one_or_many(statement[key])
    for name, key in (("Principal", "principals"), ("NotPrincipal", "notPrincipals")):
        if statement.get(key):
            result[name] = _principals(statement[key])
    conditions: dict[str, dict[str, Any]] = {}
    for condition in statement.get("conditions") or []:
        conditions.setdefault(condition["test"], {})[condition["variable"]] = _one_or_many(condition["values"])
    return {**result, **({"Condition": conditions} if conditions else {})}


def _principals(principals: list[Mapping[str, Any]]) -> Any:
    result: dict[str, Any] = {}
    for principal in principals:
        if principal["type"] == "*" and principal["identifiers"] == ["*"]:
            return "*"
        result[principal["type"]] = _one_or_many(principal["identifiers"])
    return result


def _one_or_many(values: list[Any]) -> Any:
    # &{…} is how the AWS provider spells IAM's own ${…}, which Terraform would take for its own.
    values = [value.replace("&{", "${") if isinstance(value, str) else value for value in values]
    return values[0] if len(values) == 1 else sorted(values, reverse=True)


_FUNCTIONS: Final[Mapping[str, Function]] = {
    "aws:iam/getPolicyDocument:getPolicyDocument": _policy_document,
    "aws:index/getAvailabilityZones:getAvailabilityZones": _zones,
    "aws:index/getCallerIdentity:getCallerIdentity": _caller_identity,
    "aws:index/getPartition:getPartition": _partition,
    "aws:index/getRegion:getRegion": _region,
    "aws:organizations/getOrganization:getOrganization": _organization,
    "aws:ssoadmin/getInstances:getInstances": _sso_instances,
}
