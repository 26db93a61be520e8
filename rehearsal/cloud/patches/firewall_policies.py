"""Network Firewall: firewall policies, delete protection and tags, which moto lacks."""

from collections.abc import Mapping
from typing import Any, Final

from moto.core.utils import utcnow
from moto.networkfirewall.models import NetworkFirewallBackend, networkfirewall_backends
from moto.networkfirewall.responses import NetworkFirewallResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.firewall_rules import (
    DEFAULT_ORDER,
    Item,
    check_token,
    find_item,
    references,
    rule_order,
    stored,
)


def apply() -> None:
    """Add the operations."""
    registry.add_state(NetworkFirewallBackend, firewall_policies=dict)
    registry.add_operations(networkfirewall_backends, NetworkFirewallResponse, *_OPERATIONS)


def _check_policy(backend: Any, policy: Mapping[str, Any]) -> None:
    order = str((policy.get("StatefulEngineOptions") or {}).get("RuleOrder") or DEFAULT_ORDER)
    for reference in references(policy):
        arn = reference["ResourceArn"]
        if arn.split(":")[4] == "aws-managed":
            continue
        group = find_item(backend.rule_groups, arn, None)
        if group["Type"] == "STATEFUL" and rule_order(group) != order:
            raise AwsError(
                "InvalidRequestException", f"{arn} has the rule order {rule_order(group)}, the policy has {order}"
            )


def _policy_response(backend: Any, policy: Item) -> Item:
    firewalls = [item for item in backend.firewalls.values() if item.firewall_policy_arn == policy["arn"]]
    return {
        "FirewallPolicyName": policy["name"],
        "FirewallPolicyArn": policy["arn"],
        "FirewallPolicyId": policy["id"],
        "Description": policy.get("Description"),
        "FirewallPolicyStatus": "ACTIVE",
        "Tags": backend.tagger.list_tags_for_resource(policy["arn"])["Tags"],
        "NumberOfAssociations": len(firewalls),
        "EncryptionConfiguration": policy.get("EncryptionConfiguration"),
        "LastModifiedTime": policy["modified"],
    }


def _create_firewall_policy(
    self: Any,
    *,
    firewall_policy_name: str,
    firewall_policy: Item,
    description: str | None = None,
    tags: Any = None,
    encryption_configuration: Any = None,
    **_: Any,
) -> Item:
    _check_policy(self, firewall_policy)
    policy = stored(
        self,
        self.firewall_policies,
        "firewall-policy",
        firewall_policy_name,
        tags,
        FirewallPolicy=firewall_policy,
        Description=description,
        EncryptionConfiguration=encryption_configuration,
        modified=utcnow(),
    )
    return {"UpdateToken": policy["token"], "FirewallPolicyResponse": _policy_response(self, policy)}


def _describe_firewall_policy(self: Any, firewall_policy_arn: Any = None, firewall_policy_name: Any = None) -> Item:
    policy = find_item(self.firewall_policies, firewall_policy_arn, firewall_policy_name)
    response = _policy_response(self, policy)
    return {
        "UpdateToken": policy["token"],
        "FirewallPolicy": policy["FirewallPolicy"],
        "FirewallPolicyResponse": response,
    }


def _list_firewall_policies(self: Any, **_: Any) -> Item:
    policies = self.firewall_policies.values()
    return {"FirewallPolicies": [{"Name": policy["name"], "Arn": policy["arn"]} for policy in policies]}


def _update_firewall_policy(
    self: Any,
    update_token: str,
    firewall_policy: Item,
    firewall_policy_arn: Any = None,
    firewall_policy_name: Any = None,
    **members: Any,
) -> Item:
    policy = find_item(self.firewall_policies, firewall_policy_arn, firewall_policy_name)
    check_token(policy, update_token)
    _check_policy(self, firewall_policy)
    policy.update(FirewallPolicy=firewall_policy, Description=members.get("description"), modified=utcnow())
    return {"UpdateToken": policy["token"], "FirewallPolicyResponse": _policy_response(self, policy)}


def _delete_firewall_policy(self: Any, firewall_policy_arn: Any = None, firewall_policy_name: Any = None) -> Item:
    policy = find_item(self.firewall_policies, firewall_policy_arn, firewall_policy_name)
    response = _policy_response(self, policy)
    if response["NumberOfAssociations"]:
        raise AwsError("InvalidOperationException", f"Unable to delete {policy['arn']}: it is used by a firewall")
    del self.firewall_policies[policy["arn"]]
    return {"FirewallPolicyResponse": {**response, "FirewallPolicyStatus": "DELETING"}}


def _update_firewall_delete_protection(
    self: Any, *, delete_protection: bool, firewall_arn: Any = None, firewall_name: Any = None, **_: Any
) -> Item:
    firewall = self._get_firewall(firewall_arn, firewall_name)
    firewall.delete_protection = delete_protection
    return {"FirewallArn": firewall.arn, "FirewallName": firewall.firewall_name, "DeleteProtection": delete_protection}


def _tag_resource(self: Any, resource_arn: str, tags: Any) -> None:
    self.tagger.tag_resource(resource_arn, tags)


def _untag_resource(self: Any, resource_arn: str, tag_keys: list[str]) -> None:
    self.tagger.untag_resource_using_names(resource_arn, tag_keys)


def _list_tags_for_resource(self: Any, resource_arn: str, **_: Any) -> Item:
    return {"Tags": self.tagger.list_tags_for_resource(resource_arn)["Tags"]}


_OPERATIONS: Final = (
    _create_firewall_policy,
    _describe_firewall_policy,
    _list_firewall_policies,
    _update_firewall_policy,
    _delete_firewall_policy,
    _update_firewall_delete_protection,
    _tag_resource,
    _untag_resource,
    _list_tags_for_resource,
)
