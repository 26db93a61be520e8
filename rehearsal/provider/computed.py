"""Outputs that AWS computes and nobody else knows: ids, ARNs, addresses, in the form that each service gives them."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.provider.naming import naming
from rehearsal.provider.schema import Schema
from rehearsal.provider.values import Values

_PREFIXES: Final[Mapping[str, str]] = {
    "aws:ec2/vpc:Vpc": "vpc-",
    "aws:ec2/subnet:Subnet": "subnet-",
    "aws:ec2/securityGroup:SecurityGroup": "sg-",
    "aws:ec2/routeTable:RouteTable": "rtb-",
    "aws:ec2/route:Route": "r-",
    "aws:ec2/networkAcl:NetworkAcl": "acl-",
    "aws:ec2/internetGateway:InternetGateway": "igw-",
    "aws:ec2/natGateway:NatGateway": "nat-",
    "aws:ec2/eip:Eip": "eipalloc-",
    "aws:ec2/instance:Instance": "i-",
    "aws:ec2/launchTemplate:LaunchTemplate": "lt-",
    "aws:ec2/flowLog:FlowLog": "fl-",
    "aws:ec2/vpcEndpoint:VpcEndpoint": "vpce-",
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": "dopt-",
    "aws:ec2/vpcIpam:VpcIpam": "ipam-",
    "aws:ec2/vpcIpamPool:VpcIpamPool": "ipam-pool-",
    "aws:ec2transitgateway/transitGateway:TransitGateway": "tgw-",
    "aws:ec2transitgateway/routeTable:RouteTable": "tgw-rtb-",
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": "tgw-attach-",
    "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": "tgw-attach-",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "sgr-",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "sgr-",
    "aws:efs/fileSystem:FileSystem": "fs-",
    "aws:route53/zone:Zone": "Z",
    "aws:route53/profilesProfile:ProfilesProfile": "rp-",
    "aws:route53/profilesAssociation:ProfilesAssociation": "rpassoc-",
    "aws:route53/profilesResourceAssociation:ProfilesResourceAssociation": "rpr-",
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": "rslvr-fdl-",
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": "rslvr-frg-",
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": "rslvr-frgassoc-",
}
"""Prefix of generated ids per type; the id of another type is its name or random."""

_UUIDS: Final = frozenset(
    {
        "aws:macie2/customDataIdentifier:CustomDataIdentifier",
        "aws:securityhub/configurationPolicy:ConfigurationPolicy",
    }
)
"""Types whose ids are UUIDs, whatever their names."""
_ARNS: Final[Mapping[str, str]] = {
    "aws:s3/bucket:Bucket": "arn:aws:s3:::{id}",
    "aws:sns/topic:Topic": "arn:aws:sns:{region}:{account}:{id}",
    "aws:sqs/queue:Queue": "arn:aws:sqs:{region}:{account}:{id}",
    "aws:lambda/function:Function": "arn:aws:lambda:{region}:{account}:function:{id}",
    "aws:sfn/stateMachine:StateMachine": "arn:aws:states:{region}:{account}:stateMachine:{id}",
    "aws:cloudwatch/logGroup:LogGroup": "arn:aws:logs:{region}:{account}:log-group:{id}",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
    "aws:cloudwatch/compositeAlarm:CompositeAlarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{id}",
    "aws:cloudwatch/eventRule:EventRule": "arn:aws:events:{region}:{account}:rule/{id}",
    "aws:cloudwatch/eventBus:EventBus": "arn:aws:events:{region}:{account}:event-bus/{id}",
    "aws:secretsmanager/secret:Secret": "arn:aws:secretsmanager:{region}:{account}:secret:{id}",
    "aws:rds/instance:Instance": "arn:aws:rds:{region}:{account}:db:{id}",
    "aws:rds/cluster:Cluster": "arn:aws:rds:{region}:{account}:cluster:{id}",
    "aws:cfg/rule:Rule": "arn:aws:config:{region}:{account}:config-rule/{id}",
    "aws:route53/zone:Zone": "arn:aws:route53:::hostedzone/{id}",
    "aws:route53/profilesProfile:ProfilesProfile": "arn:aws:route53profiles:{region}:{account}:profile/{id}",
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": (
        "arn:aws:route53resolver:{region}:{account}:firewall-domain-list/{id}"
    ),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": (
        "arn:aws:route53resolver:{region}:{account}:firewall-rule-group/{id}"
    ),
    "aws:ec2/vpcIpam:VpcIpam": "arn:aws:ec2::{account}:ipam/{id}",
    "aws:ec2/vpcIpamPool:VpcIpamPool": "arn:aws:ec2::{account}:ipam-pool/{id}",
    "aws:networkfirewall/ruleGroup:RuleGroup": ("arn:aws:network-firewall:{region}:{account}:stateful-rulegroup/{id}"),
}
_SERVICES: Final[Mapping[str, str]] = {
    "accessanalyzer": "access-analyzer",
    "alb": "elasticloadbalancing",
    "apigatewayv2": "apigateway",
    "appautoscaling": "application-autoscaling",
    "cfg": "config",
    "ec2transitgateway": "ec2",
    "efs": "elasticfilesystem",
    "kinesis": "kinesis",
    "lb": "elasticloadbalancing",
    "networkfirewall": "network-firewall",
    "sfn": "states",
    "ssoadmin": "sso",
    "vpc": "ec2",
    "vpclattice": "vpc-lattice",
}
"""The service in an ARN, where it is not the SDK's module."""
_GLOBAL: Final = frozenset({"iam", "route53", "cloudfront", "organizations", "budgets", "globalaccelerator"})
_WORDS: Final[Mapping[str, str]] = {
    "accountId": "{account}",
    "allocationId": "{id}",
    "awsAccountId": "{account}",
    "callerReference": "{hash}",
    "callerUser": "arn:aws:iam::{account}:root",
    "createdDate": "2026-01-01T00:00:00Z",
    "creationDate": "2026-01-01T00:00:00Z",
    "creationTime": "2026-01-01T00:00:00Z",
    "dnsName": "{id}.{region}.rehearsal.invalid",
    "domainName": "{id}.{region}.rehearsal.invalid",
    "endpoint": "{id}.{region}.rehearsal.invalid",
    "fqdn": "{id}.rehearsal.invalid",
    "hostedZoneId": "Z{HASH}",
    "lastModified": "2026-01-01T00:00:00Z",
    "latestVersion": "1",
    "masterAccountId": "{account}",
    "owner": "{account}",
    "ownerId": "{account}",
    "partition": "aws",
    "registryId": "{account}",
    "repositoryUrl": "{account}.dkr.ecr.{region}.amazonaws.com/{id}",
    "state": "ACTIVE",
    "status": "ACTIVE",
    "url": "https://{id}.{region}.rehearsal.invalid",
    "version": "1",
    "zoneId": "{id}",
}


def new_id(schema: Schema, inputs: Mapping[str, Any], token: str) -> str:
    """An id for a recorded resource: the same for the same creation, so that asking twice makes one."""
    digits = hashlib.sha256(f"{schema.token}|{token}".encode()).hexdigest()
    prefix = _PREFIXES.get(schema.token)
    if prefix == "Z":
        return f"Z{digits[:20].upper()}"
    if schema.token in _UUIDS:
        return str(uuid.UUID(digits[:32]))
    if prefix is not None:
        return f"{prefix}{digits[:17]}"
    rule = naming(schema)
    name = inputs.get(rule.property) if rule is not None else None
    name = name or inputs.get("name") or inputs.get("bucket") or inputs.get("accountId")
    return str(name) if isinstance(name, str) and name else f"{_kebab(schema.token)}-{digits[:17]}"


def arn(schema: Schema, id_: str, account: str, region: str) -> str:
    """An ARN in the service's form; the id itself where it is the ARN."""
    if id_.startswith("arn:"):
        return id_
    template = _ARNS.get(schema.token)
    if template is not None:
        return template.format(id=id_, account=account, region=region)
    module = schema.token.split(":")[1].partition("/")[0]
    place = "" if module in _GLOBAL else region
    return f"arn:aws:{_SERVICES.get(module, module)}:{place}:{account}:{_kebab(schema.token)}/{id_}"


def complete(schema: Schema, values: Values, *, id_: str, account: str, region: str) -> Values:
    """Outputs with everything filled in that the type always has; what it may lack is left out."""
    outputs = dict(values)
    for name, output in schema.outputs.items():
        if name in outputs and outputs[name] is not None:
            continue
        if name == "tags":
            continue
        if name == "tagsAll":
            outputs[name] = values.get("tags") or {}
        elif output.required:
            value = _value(schema, name, output.type.kind, id_=id_, account=account, region=region)
            if value is not None:
                outputs[name] = value
    if "region" in schema.outputs:
        outputs.setdefault("region", region)
    return outputs


def _value(  # noqa: PLR0911 - one return a rule
    schema: Schema, name: str, kind: str, *, id_: str, account: str, region: str
) -> Any:
    empty: dict[str, Any] = {"boolean": False, "number": 0, "list": [], "map": {}}
    if kind in empty:
        return empty[kind]
    if kind != "string":
        return None
    digits = hashlib.sha256(f"{schema.token}|{id_}|{name}".encode()).hexdigest()
    if name == "arn":
        return arn(schema, id_, account, region)
    if name == "region":
        return region
    words = {"id": id_, "account": account, "region": region, "hash": digits[:16], "HASH": digits[:13].upper()}
    if name in _WORDS:
        return _WORDS[name].format_map(words)
    if name.endswith(("Arn", "ARN")):
        return f"{arn(schema, id_, account, region)}/{_words(name)}"
    if name.endswith(("Id", "Identifier")):
        return f"{_words(name.removesuffix('Id').removesuffix('Identifier'))}-{digits[:17]}"
    if name.endswith(("Endpoint", "DnsName", "DomainName", "Url", "Address")):
        return f"{id_}.{_words(name)}.{region}.rehearsal.invalid"
    if name.endswith("Prefix"):
        return ""
    return id_ if name in ("name", "bucket") else ""


def _kebab(token: str) -> str:
    return _words(token.rpartition(":")[2])


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()
