"""The organisation as deployed: its OUs, the accounts in them, the policies attached."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from inspection.aws import Aws, pages
from inspection.declared import DeclaredZone
from inspection.observation import Observation, compared, missing, unexpected


def organization(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """All features on, in the declared management account, every policy type enabled on the root."""
    client = aws.client("organizations")
    described = client.describe_organization()["Organization"]
    yield compared("organization", "management account", zone.management_account, described["MasterAccountId"])
    yield compared("organization", "feature set", "ALL", described["FeatureSet"])
    [root] = client.list_roots()["Roots"]
    enabled = {
        policy_type["Type"] for policy_type in root.get("PolicyTypes", []) if policy_type.get("Status") == "ENABLED"
    }
    for policy_type in zone.policy_types:
        yield compared("organization", f"policy type {policy_type}", "enabled", _enabled(policy_type in enabled))


def organizational_units(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """The tree of OUs is the declared one: none missing, none that nobody declared."""
    units = _units(aws)
    for path in zone.organizational_units:
        yield compared("organizational units", path, "there", "there" if path in units else "missing")
    for path in sorted(set(units) - set(zone.organizational_units) - {"/"}):
        yield unexpected("organizational units", path, "an OU that nobody declared")


def accounts(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every declared account is active and in its OU; no others are in the organisation."""
    client = aws.client("organizations")
    by_id = {account["Id"]: account for account in pages(client, "list_accounts", "Accounts")}
    places: dict[str, str] = {}
    for path, unit in _units(aws).items():
        for account in pages(client, "list_accounts_for_parent", "Accounts", ParentId=unit):
            places[account["Id"]] = path
    by_name = {account["Name"]: account for account in by_id.values()}
    for declared in zone.accounts:
        account = by_name.get(declared.name)
        if account is None:
            yield missing("accounts", declared.name, f"an account in {declared.ou}")
            continue
        yield compared("accounts", f"{declared.name} is in", declared.ou, places.get(account["Id"], "no OU"))
        yield compared("accounts", f"{declared.name} status", "ACTIVE", account["Status"])
        yield compared("accounts", f"{declared.name} e-mail", declared.email.lower(), str(account["Email"]).lower())
    names = {declared.name for declared in zone.accounts}
    for account in by_id.values():
        if account["Id"] != zone.management_account and account["Name"] not in names:
            yield unexpected("accounts", account["Name"], f"account {account['Id']} that nobody declared")


def policies(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every guardrail has the declared content and hangs where it should; nothing else is attached to the OUs."""
    client = aws.client("organizations")
    units = _units(aws)
    by_name = {policy.name: policy for policy in zone.policies}
    for policy_type in sorted({policy.type for policy in zone.policies}):
        deployed = {policy["Name"]: policy for policy in pages(client, "list_policies", "Policies", Filter=policy_type)}
        attached = _attachments(client, units, policy_type)
        for declared in (policy for policy in zone.policies if policy.type == policy_type):
            summary = deployed.get(declared.name)
            if summary is None:
                yield missing("policies", declared.name, f"a {policy_type} of this name")
                continue
            content = client.describe_policy(PolicyId=summary["Id"])["Policy"]["Content"]
            same = _same_json(content, declared.content)
            yield compared("policies", f"{declared.name} content", "as compiled", "as compiled" if same else "changed")
            for target in declared.targets:
                state = "attached" if declared.name in attached.get(target, set()) else "not attached"
                yield compared("policies", f"{declared.name} on {target}", "attached", state)
        for path, names in attached.items():
            for name in sorted(names - {"FullAWSAccess", "RCPFullAWSAccess"}):
                if name not in by_name or path not in by_name[name].targets:
                    yield unexpected("policies", f"{name} on {path}", "a policy that nobody declared here")


def _attachments(client: Any, units: Mapping[str, str], policy_type: str) -> dict[str, set[str]]:
    return {
        path: {
            policy["Name"]
            for policy in pages(client, "list_policies_for_target", "Policies", TargetId=unit, Filter=policy_type)
        }
        for path, unit in units.items()
    }


def _units(aws: Aws) -> dict[str, str]:
    """OU path -> id, the root under `/`."""
    client = aws.client("organizations")
    [root] = client.list_roots()["Roots"]
    units = {"/": root["Id"]}
    waiting = [("", root["Id"])]
    while waiting:
        prefix, parent = waiting.pop()
        for unit in pages(client, "list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent):
            path = f"{prefix}{unit['Name']}"
            units[path] = unit["Id"]
            waiting.append((f"{path}/", unit["Id"]))
    return units


def _same_json(first: str, second: str) -> bool:
    try:
        return bool(json.loads(first) == json.loads(second))
    except json.JSONDecodeError:
        return False


def _enabled(yes: bool) -> str:
    return "enabled" if yes else "not enabled"
