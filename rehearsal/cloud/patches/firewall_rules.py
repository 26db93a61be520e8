"""Network Firewall: rule groups, which moto lacks."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.networkfirewall.models import NetworkFirewallBackend, networkfirewall_backends
from moto.networkfirewall.responses import NetworkFirewallResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]
KINDS: Final = {"STATEFUL": "stateful-rulegroup", "STATELESS": "stateless-rulegroup"}
DEFAULT_ORDER: Final = "DEFAULT_ACTION_ORDER"


def apply() -> None:
    """Add the operations."""
    registry.add_state(NetworkFirewallBackend, rule_groups=dict)
    registry.add_operations(networkfirewall_backends, NetworkFirewallResponse, *_OPERATIONS)


def stored(backend: Any, collection: dict[str, Item], prefix: str, name: str, tags: Any, **members: Any) -> Item:
    """Store a new resource under its ARN; raises AwsError when its name is taken."""
    arn = f"arn:aws:network-firewall:{backend.region_name}:{backend.account_id}:{prefix}/{name}"
    if arn in collection:
        raise AwsError("InvalidRequestException", f"{arn} already exists")
    if tags:
        backend.tagger.tag_resource(arn, tags)
    item = {"arn": arn, "name": name, "id": str(mock_random.uuid4()), "token": str(mock_random.uuid4()), **members}
    collection[arn] = item
    return item


def find_item(collection: dict[str, Item], arn: str | None, name: str | None) -> Item:
    """Return a resource by its ARN or name; raises AwsError when there is none."""
    for item in collection.values():
        if item["arn"] == arn or (arn is None and item["name"] == name):
            return item
    raise AwsError("ResourceNotFoundException", f"{arn or name} does not exist")


def check_token(item: Item, token: str) -> None:
    """Refuse a request with an old update token, and renew the token."""
    if token != item["token"]:
        raise AwsError("InvalidTokenException", f"The update token of {item['arn']} is not the current one")
    item["token"] = str(mock_random.uuid4())


def rule_order(group: Item) -> str:
    """Return the order in which the rules of a stateful group are evaluated."""
    options = (group.get("RuleGroup") or {}).get("StatefulRuleOptions") or {}
    return str(options.get("RuleOrder") or DEFAULT_ORDER)


def rules_of(rule_group: Mapping[str, Any]) -> int:
    """Count the rules that a stateful rule group uses of its capacity (Developer Guide, "Setting rule capacity")."""
    source = rule_group.get("RulesSource") or {}
    listed = source.get("RulesSourceList") or {}
    lines = str(source.get("RulesString") or "").splitlines()
    text = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    generated = len(listed.get("Targets") or ()) * len(listed.get("TargetTypes") or ())
    return len(text) + len(source.get("StatefulRules") or ()) + generated


def _check_capacity(kind: str, rule_group: Mapping[str, Any], capacity: int) -> None:
    if kind == "STATEFUL" and rules_of(rule_group) > capacity:
        raise AwsError(
            "InvalidRequestException", f"The rule group has {rules_of(rule_group)} rules and a capacity of {capacity}"
        )


def _group_response(backend: Any, group: Item) -> Item:
    return {
        "RuleGroupArn": group["arn"],
        "RuleGroupName": group["name"],
        "RuleGroupId": group["id"],
        "Type": group["Type"],
        "Capacity": group["Capacity"],
        "Description": group.get("Description"),
        "EncryptionConfiguration": group.get("EncryptionConfiguration"),
        "RuleGroupStatus": "ACTIVE",
        "Tags": backend.tagger.list_tags_for_resource(group["arn"])["Tags"],
        "NumberOfAssociations": sum(1 for _ in _users(backend, group["arn"])),
        "LastModifiedTime": group["modified"],
    }


def _users(backend: Any, arn: str) -> Iterator[Item]:
    """The firewall policies that use a rule group."""
    for policy in backend.firewall_policies.values():
        if any(reference["ResourceArn"] == arn for reference in references(policy["FirewallPolicy"])):
            yield policy


def references(policy: Mapping[str, Any]) -> list[Item]:
    """Return the references of a firewall policy to rule groups."""
    stateful = policy.get("StatefulRuleGroupReferences") or []
    return [*stateful, *(policy.get("StatelessRuleGroupReferences") or [])]


def _create_rule_group(
    self: Any,
    *,
    rule_group_name: str,
    type: str,  # noqa: A002 - the API's name
    capacity: int,
    rule_group: Item | None = None,
    rules: str = "",
    description: str | None = None,
    tags: Any = None,
    encryption_configuration: Any = None,
    **_: Any,
) -> Item:
    content = rule_group or {"RulesSource": {"RulesString": rules}}
    _check_capacity(type, content, capacity)
    group = stored(
        self,
        self.rule_groups,
        KINDS[type],
        rule_group_name,
        tags,
        RuleGroup=content,
        Type=type,
        Capacity=capacity,
        Description=description,
        EncryptionConfiguration=encryption_configuration,
        modified=utcnow(),
    )
    return {"UpdateToken": group["token"], "RuleGroupResponse": _group_response(self, group)}


def _describe_rule_group(self: Any, rule_group_arn: Any = None, rule_group_name: Any = None, **_: Any) -> Item:
    group = find_item(self.rule_groups, rule_group_arn, rule_group_name)
    response = _group_response(self, group)
    return {"UpdateToken": group["token"], "RuleGroup": group["RuleGroup"], "RuleGroupResponse": response}


def _list_rule_groups(self: Any, **_: Any) -> Item:
    return {"RuleGroups": [{"Name": group["name"], "Arn": group["arn"]} for group in self.rule_groups.values()]}


def _update_rule_group(
    self: Any, update_token: str, rule_group_arn: Any = None, rule_group_name: Any = None, **members: Any
) -> Item:
    group = find_item(self.rule_groups, rule_group_arn, rule_group_name)
    check_token(group, update_token)
    content = members.get("rule_group") or group["RuleGroup"]
    if members.get("rules"):
        content = {"RulesSource": {"RulesString": members["rules"]}}
    _check_capacity(group["Type"], content, group["Capacity"])
    group.update(RuleGroup=content, Description=members.get("description"), modified=utcnow())
    if members.get("encryption_configuration"):
        group["EncryptionConfiguration"] = members["encryption_configuration"]
    return {"UpdateToken": group["token"], "RuleGroupResponse": _group_response(self, group)}


def _delete_rule_group(self: Any, rule_group_arn: Any = None, rule_group_name: Any = None, **_: Any) -> Item:
    group = find_item(self.rule_groups, rule_group_arn, rule_group_name)
    if any(True for _ in _users(self, group["arn"])):
        raise AwsError("InvalidOperationException", f"Unable to delete {group['arn']}: it is used by a firewall policy")
    del self.rule_groups[group["arn"]]
    return {"RuleGroupResponse": {**_group_response(self, group), "RuleGroupStatus": "DELETING"}}


_OPERATIONS: Final = (
    _create_rule_group,
    _describe_rule_group,
    _list_rule_groups,
    _update_rule_group,
    _delete_rule_group,
)
