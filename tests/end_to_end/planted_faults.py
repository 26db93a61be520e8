"""Changes that somebody makes in a deployed zone with boto3: one for each resource type."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

STRANGER = "999999999999"
"""An account of nobody."""
ANYBODY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "TeamOnly", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "<arn>/*"}
        ],
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """A request that changes a deployed resource.

    In `arguments`, `<name>` is an output of the resource, `<id>`, `<arn>`, `<account>` or `<region>`; `<0>`, `<1>` are
    the parts of its id between `:`, `/`, `_`, `|` and `,`;
    `<rules.0.id>` is a member of an output.
    """

    type: str
    """Pulumi's type, without `aws:`: `s3/bucketPolicy:BucketPolicy`."""
    service: str
    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def filled(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        """The arguments for one resource.

        Args:
            outputs: outputs of the resource, with `id`, `arn`, `account` and `region`.
        """
        parts = {str(number): part for number, part in enumerate(re.split(r"[:/_|,]", str(outputs["id"])))}
        return _filled(dict(self.arguments), {**outputs, **parts})


def _filled(value: Any, names: Mapping[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(item, names) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, names) for item in value]
    if not isinstance(value, str):
        return value
    whole = re.fullmatch(r"<([\w.]+)>", value)
    if whole:
        return _named(names, whole[1])
    return re.sub(r"<([\w.]+)>", lambda match: str(_named(names, match[1])), value)


def _named(names: Any, path: str) -> Any:
    value: Any = names
    for step in path.split("."):
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def fault(type_: str, service: str, operation: str, /, **arguments: Any) -> Fault:
    return Fault(type=type_, service=service, operation=operation, arguments=arguments)


BUCKET = {"Bucket": "<id>"}
TAGS = [{"Key": "planted", "Value": "yes"}]
EC2_TAG = {"Resources": ["<id>"], "Tags": TAGS}

FAULTS = (
    fault("accessanalyzer/analyzer:Analyzer", "accessanalyzer", "delete_analyzer", analyzerName="<analyzerName>"),
    fault(
        *("account/alternativeContact:AlternativeContact", "account", "put_alternate_contact"),
        AccountId="<accountId>",
        AlternateContactType="<alternateContactType>",
        EmailAddress="x@evil.example",
        Name="x",
        PhoneNumber="+1555",
        Title="x",
    ),
    fault("acm/certificate:Certificate", "acm", "delete_certificate", CertificateArn="<arn>"),
    fault(
        *("appautoscaling/target:Target", "application-autoscaling", "register_scalable_target"),
        ServiceNamespace="sagemaker",
        ResourceId="<resourceId>",
        ScalableDimension="<scalableDimension>",
        MinCapacity=0,
        MaxCapacity=1,
    ),
    fault(
        *("appautoscaling/policy:Policy", "application-autoscaling", "delete_scaling_policy"),
        PolicyName="<name>",
        ServiceNamespace="sagemaker",
        ResourceId="<resourceId>",
        ScalableDimension="<scalableDimension>",
    ),
    fault(
        *("athena/workgroup:Workgroup", "athena", "update_work_group"),
        WorkGroup="<id>",
        ConfigurationUpdates={"EnforceWorkGroupConfiguration": False},
    ),
    fault("backup/framework:Framework", "backup", "delete_framework", FrameworkName="<name>"),
    fault(
        *("backup/globalSettings:GlobalSettings", "backup", "update_global_settings"),
        GlobalSettings={"isCrossAccountBackupEnabled": "false"},
    ),
    fault(
        "backup/selection:Selection", "backup", "delete_backup_selection", BackupPlanId="<planId>", SelectionId="<id>"
    ),
    fault(
        *("backup/restoreTestingSelection:RestoreTestingSelection", "backup", "delete_restore_testing_selection"),
        RestoreTestingPlanName="<restoreTestingPlanName>",
        RestoreTestingSelectionName="<name>",
    ),
    fault("backup/vaultPolicy:VaultPolicy", "backup", "delete_backup_vault_access_policy", BackupVaultName="<id>"),
    fault("budgets/budget:Budget", "budgets", "delete_budget", AccountId="<account>", BudgetName="<name>"),
    fault(
        *("cfg/configurationAggregator:ConfigurationAggregator", "config", "delete_configuration_aggregator"),
        ConfigurationAggregatorName="<name>",
    ),
    fault(
        *("cfg/deliveryChannel:DeliveryChannel", "config", "put_delivery_channel"),
        DeliveryChannel={"name": "<name>", "s3BucketName": "<s3BucketName>"},
    ),
    fault(
        *("cfg/recorder:Recorder", "config", "put_configuration_recorder"),
        ConfigurationRecorder={
            "name": "<name>",
            "roleARN": "<roleArn>",
            "recordingGroup": {"allSupported": False, "resourceTypes": ["AWS::EC2::Instance"]},
        },
    ),
    fault(
        *("cfg/recorderStatus:RecorderStatus", "config", "stop_configuration_recorder"),
        ConfigurationRecorderName="<name>",
    ),
    fault(
        *("cloudtrail/trail:Trail", "cloudtrail", "put_event_selectors"),
        TrailName="<name>",
        AdvancedEventSelectors=[
            {"Name": "less", "FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
        ],
    ),
    fault("cloudwatch/eventRule:EventRule", "events", "disable_rule", Name="<name>"),
    fault("cloudwatch/eventTarget:EventTarget", "events", "remove_targets", Rule="<rule>", Ids=["<targetId>"]),
    fault(
        *("cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", "logs", "delete_data_protection_policy"),
        logGroupIdentifier="<logGroupName>",
    ),
    fault("cloudwatch/logGroup:LogGroup", "logs", "put_retention_policy", logGroupName="<name>", retentionInDays=1),
    fault("cloudwatch/metricAlarm:MetricAlarm", "cloudwatch", "disable_alarm_actions", AlarmNames=["<name>"]),
    fault("dynamodb/table:Table", "dynamodb", "update_table", TableName="<name>", DeletionProtectionEnabled=False),
    fault("ebs/defaultKmsKey:DefaultKmsKey", "ec2", "modify_ebs_default_kms_key_id", KmsKeyId="alias/aws/ebs"),
    fault("ebs/encryptionByDefault:EncryptionByDefault", "ec2", "disable_ebs_encryption_by_default"),
    fault("ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", "ec2", "disable_snapshot_block_public_access"),
    fault(
        *("ec2/defaultSecurityGroup:DefaultSecurityGroup", "ec2", "authorize_security_group_ingress"),
        GroupId="<id>",
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    ),
    fault("ec2/eip:Eip", "ec2", "create_tags", **EC2_TAG),
    fault("ec2/flowLog:FlowLog", "ec2", "delete_flow_logs", FlowLogIds=["<id>"]),
    fault("ec2/imageBlockPublicAccess:ImageBlockPublicAccess", "ec2", "disable_image_block_public_access"),
    fault(
        *("ec2/instanceMetadataDefaults:InstanceMetadataDefaults", "ec2", "modify_instance_metadata_defaults"),
        HttpTokens="optional",
    ),
    fault(
        "ec2/internetGateway:InternetGateway",
        "ec2",
        "detach_internet_gateway",
        InternetGatewayId="<id>",
        VpcId="<vpcId>",
    ),
    fault("ec2/natGateway:NatGateway", "ec2", "delete_nat_gateway", NatGatewayId="<id>"),
    fault(
        *("ec2/networkAcl:NetworkAcl", "ec2", "create_network_acl_entry"),
        NetworkAclId="<id>",
        RuleNumber=7,
        Protocol="-1",
        RuleAction="allow",
        Egress=False,
        CidrBlock="0.0.0.0/0",
    ),
    fault(
        *("ec2/route:Route", "ec2", "delete_route"),
        RouteTableId="<routeTableId>",
        DestinationCidrBlock="<destinationCidrBlock>",
    ),
    fault("ec2/routeTable:RouteTable", "ec2", "create_tags", **EC2_TAG),
    fault("ec2/routeTableAssociation:RouteTableAssociation", "ec2", "disassociate_route_table", AssociationId="<id>"),
    fault("ec2/securityGroup:SecurityGroup", "ec2", "create_tags", **EC2_TAG),
    fault("ec2/subnet:Subnet", "ec2", "modify_subnet_attribute", SubnetId="<id>", MapPublicIpOnLaunch={"Value": True}),
    fault("ec2/vpc:Vpc", "ec2", "modify_vpc_attribute", VpcId="<id>", EnableDnsSupport={"Value": False}),
    fault("ec2/vpcDhcpOptions:VpcDhcpOptions", "ec2", "create_tags", **EC2_TAG),
    fault(
        *("ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation", "ec2", "associate_dhcp_options"),
        DhcpOptionsId="default",
        VpcId="<vpcId>",
    ),
    fault(
        *("ec2/vpcEndpoint:VpcEndpoint", "ec2", "modify_vpc_endpoint"),
        VpcEndpointId="<id>",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}',
    ),
    fault(
        *("ec2transitgateway/route:Route", "ec2", "delete_transit_gateway_route"),
        TransitGatewayRouteTableId="<transitGatewayRouteTableId>",
        DestinationCidrBlock="<destinationCidrBlock>",
    ),
    fault("ec2transitgateway/routeTable:RouteTable", "ec2", "create_tags", **EC2_TAG),
    fault(
        *("ec2transitgateway/routeTableAssociation:RouteTableAssociation", "ec2"),
        "disassociate_transit_gateway_route_table",
        TransitGatewayRouteTableId="<transitGatewayRouteTableId>",
        TransitGatewayAttachmentId="<transitGatewayAttachmentId>",
    ),
    fault(
        *("ec2transitgateway/routeTablePropagation:RouteTablePropagation", "ec2"),
        "disable_transit_gateway_route_table_propagation",
        TransitGatewayRouteTableId="<transitGatewayRouteTableId>",
        TransitGatewayAttachmentId="<transitGatewayAttachmentId>",
    ),
    fault(
        *("ec2transitgateway/transitGateway:TransitGateway", "ec2", "modify_transit_gateway"),
        TransitGatewayId="<id>",
        Options={"AutoAcceptSharedAttachments": "enable"},
    ),
    fault(
        *("ec2transitgateway/vpcAttachment:VpcAttachment", "ec2", "modify_transit_gateway_vpc_attachment"),
        TransitGatewayAttachmentId="<id>",
        Options={"DnsSupport": "disable"},
    ),
    fault("ecr/lifecyclePolicy:LifecyclePolicy", "ecr", "delete_lifecycle_policy", repositoryName="<repository>"),
    fault(
        *("ecr/replicationConfiguration:ReplicationConfiguration", "ecr", "put_replication_configuration"),
        replicationConfiguration={"rules": []},
    ),
    fault(
        *("ecr/repository:Repository", "ecr", "put_image_tag_mutability"),
        repositoryName="<name>",
        imageTagMutability="MUTABLE",
    ),
    fault("ecs/service:Service", "ecs", "delete_service", cluster="<cluster>", service="<name>", force=True),
    fault("glue/catalogTable:CatalogTable", "glue", "delete_table", DatabaseName="<databaseName>", Name="<name>"),
    fault(
        *("glue/catalogDatabase:CatalogDatabase", "glue", "update_database"),
        Name="<name>",
        DatabaseInput={"Name": "<name>", "Description": "planted"},
    ),
    fault(
        *("glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings", "glue"),
        "put_data_catalog_encryption_settings",
        DataCatalogEncryptionSettings={"EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"}},
    ),
    fault("guardduty/detector:Detector", "guardduty", "update_detector", DetectorId="<id>", Enable=False),
    fault("iam/accountAlias:AccountAlias", "iam", "delete_account_alias", AccountAlias="<id>"),
    fault(
        *("iam/accountPasswordPolicy:AccountPasswordPolicy", "iam", "update_account_password_policy"),
        MinimumPasswordLength=6,
    ),
    fault(
        *("iam/openIdConnectProvider:OpenIdConnectProvider", "iam", "delete_open_id_connect_provider"),
        OpenIDConnectProviderArn="<arn>",
    ),
    fault(
        *("iam/policy:Policy", "iam", "create_policy_version"),
        PolicyArn="<arn>",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
        SetAsDefault=True,
    ),
    fault(
        *("iam/role:Role", "iam", "update_assume_role_policy"),
        RoleName="<name>",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"},
                        "Action": "sts:AssumeRole",
                    }
                ],
            }
        ),
    ),
    fault(
        *("iam/rolePolicy:RolePolicy", "iam", "put_role_policy"),
        RoleName="<role>",
        PolicyName="<name>",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}',
    ),
    fault(
        *("iam/rolePolicyAttachment:RolePolicyAttachment", "iam", "detach_role_policy"),
        RoleName="<role>",
        PolicyArn="<policyArn>",
    ),
    fault("kms/alias:Alias", "kms", "delete_alias", AliasName="<name>"),
    fault("kms/key:Key", "kms", "disable_key_rotation", KeyId="<id>"),
    fault("kms/replicaKey:ReplicaKey", "kms", "disable_key", KeyId="<id>"),
    fault(
        *("lakeformation/dataLakeSettings:DataLakeSettings", "lakeformation", "put_data_lake_settings"),
        DataLakeSettings={"DataLakeAdmins": [{"DataLakePrincipalIdentifier": "arn:aws:iam::<account>:role/somebody"}]},
    ),
    fault("lambda/function:Function", "lambda", "update_function_configuration", FunctionName="<name>", Timeout=899),
    fault(
        *("lb/loadBalancer:LoadBalancer", "elbv2", "modify_load_balancer_attributes"),
        LoadBalancerArn="<arn>",
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
    ),
    fault("lb/listener:Listener", "elbv2", "delete_listener", ListenerArn="<arn>"),
    fault(
        "lb/targetGroup:TargetGroup", "elbv2", "modify_target_group", TargetGroupArn="<arn>", HealthCheckPath="/planted"
    ),
    fault(
        *("networkfirewall/loggingConfiguration:LoggingConfiguration", "network-firewall"),
        "update_logging_configuration",
        FirewallArn="<firewallArn>",
        LoggingConfiguration={"LogDestinationConfigs": []},
    ),
    fault(
        *("organizations/delegatedAdministrator:DelegatedAdministrator", "organizations"),
        "deregister_delegated_administrator",
        AccountId="<accountId>",
        ServicePrincipal="<servicePrincipal>",
    ),
    fault(
        *("organizations/policyAttachment:PolicyAttachment", "organizations", "detach_policy"),
        PolicyId="<policyId>",
        TargetId="<targetId>",
    ),
    fault("organizations/policy:Policy", "organizations", "update_policy", PolicyId="<id>", Description="planted"),
    fault(
        *("organizations/organizationalUnit:OrganizationalUnit", "organizations", "update_organizational_unit"),
        OrganizationalUnitId="<id>",
        Name="Planted",
    ),
    fault(
        *("ram/principalAssociation:PrincipalAssociation", "ram", "disassociate_resource_share"),
        resourceShareArn="<resourceShareArn>",
        principals=["<principal>"],
    ),
    fault(
        *("ram/resourceAssociation:ResourceAssociation", "ram", "disassociate_resource_share"),
        resourceShareArn="<resourceShareArn>",
        resourceArns=["<resourceArn>"],
    ),
    fault(
        *("ram/resourceShare:ResourceShare", "ram", "untag_resource"),
        resourceShareArn="<arn>",
        tagKeys=["owner"],
    ),
    fault(
        *("rds/instance:Instance", "rds", "modify_db_instance"),
        DBInstanceIdentifier="<identifier>",
        DeletionProtection=False,
        ApplyImmediately=True,
    ),
    fault(*("route53/healthCheck:HealthCheck", "route53", "update_health_check"), HealthCheckId="<id>", Inverted=True),
    fault(
        *("route53/profilesAssociation:ProfilesAssociation", "route53profiles", "disassociate_profile"),
        ProfileId="<profileId>",
        ResourceId="<resourceId>",
    ),
    fault(
        *("route53/profilesResourceAssociation:ProfilesResourceAssociation", "route53profiles"),
        "disassociate_resource_from_profile",
        ProfileId="<profileId>",
        ResourceArn="<resourceArn>",
    ),
    fault(
        *("route53/resolverFirewallConfig:ResolverFirewallConfig", "route53resolver", "update_firewall_config"),
        ResourceId="<resourceId>",
        FirewallFailOpen="ENABLED",
    ),
    fault(
        *("route53/resolverFirewallDomainList:ResolverFirewallDomainList", "route53resolver"),
        "update_firewall_domains",
        FirewallDomainListId="<id>",
        Operation="ADD",
        Domains=["evil.example."],
    ),
    fault(
        *("route53/resolverFirewallRule:ResolverFirewallRule", "route53resolver", "delete_firewall_rule"),
        FirewallRuleGroupId="<firewallRuleGroupId>",
        FirewallDomainListId="<firewallDomainListId>",
    ),
    fault(
        *("route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation", "route53resolver"),
        "disassociate_firewall_rule_group",
        FirewallRuleGroupAssociationId="<id>",
    ),
    fault(
        *("route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation", "route53resolver"),
        "disassociate_resolver_query_log_config",
        ResolverQueryLogConfigId="<resolverQueryLogConfigId>",
        ResourceId="<resourceId>",
    ),
    fault("route53/zone:Zone", "route53", "update_hosted_zone_comment", Id="<zoneId>", Comment="planted"),
    fault(
        *("s3/accessPoint:AccessPoint", "s3control", "put_access_point_policy"),
        AccountId="<account>",
        Name="<name>",
        Policy=ANYBODY,
    ),
    fault(
        *("s3/accountPublicAccessBlock:AccountPublicAccessBlock", "s3control", "delete_public_access_block"),
        AccountId="<account>",
    ),
    fault("s3/bucket:Bucket", "s3", "put_bucket_tagging", **BUCKET, Tagging={"TagSet": TAGS}),
    fault("s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration", "s3", "delete_bucket_lifecycle", **BUCKET),
    fault("s3/bucketLogging:BucketLogging", "s3", "put_bucket_logging", **BUCKET, BucketLoggingStatus={}),
    fault(
        *("s3/bucketNotification:BucketNotification", "s3", "put_bucket_notification_configuration"),
        **BUCKET,
        NotificationConfiguration={},
    ),
    fault(
        *("s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "s3", "put_object_lock_configuration"),
        **BUCKET,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
        },
    ),
    fault(
        *("s3/bucketOwnershipControls:BucketOwnershipControls", "s3", "put_bucket_ownership_controls"),
        **BUCKET,
        OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
    ),
    fault(
        *("s3/bucketPolicy:BucketPolicy", "s3", "put_bucket_policy"),
        **BUCKET,
        Policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::999999999999:root"},'
        '"Action":"s3:GetObject","Resource":"arn:aws:s3:::<id>/*"}]}',
    ),
    fault("s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "s3", "delete_public_access_block", **BUCKET),
    fault(
        *("s3/bucketReplicationConfig:BucketReplicationConfig", "s3", "put_bucket_replication"),
        **BUCKET,
        ReplicationConfiguration={
            "Role": "<role>",
            "Rules": [
                {
                    "ID": "planted",
                    "Status": "Enabled",
                    "Priority": 1,
                    "Filter": {"Prefix": "nothing/"},
                    "DeleteMarkerReplication": {"Status": "Disabled"},
                    "Destination": {"Bucket": "<rules.0.destination.bucket>", "Account": STRANGER},
                }
            ],
        },
    ),
    fault(
        *("s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", "s3"),
        "put_bucket_encryption",
        **BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [
                {
                    "ApplyServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": f"arn:aws:kms:us-east-1:{STRANGER}:key/00000000-0000-4000-8000-000000000000",
                    }
                }
            ]
        },
    ),
    fault(
        *("s3/bucketVersioning:BucketVersioning", "s3", "put_bucket_versioning"),
        **BUCKET,
        VersioningConfiguration={"Status": "Suspended"},
    ),
    fault(*("s3/inventory:Inventory", "s3", "delete_bucket_inventory_configuration"), Bucket="<bucket>", Id="<name>"),
    fault("sagemaker/endpoint:Endpoint", "sagemaker", "delete_endpoint", EndpointName="<name>"),
    fault(
        "sagemaker/endpointConfiguration:EndpointConfiguration",
        "sagemaker",
        "delete_endpoint_config",
        EndpointConfigName="<name>",
    ),
    fault("sagemaker/model:Model", "sagemaker", "delete_model", ModelName="<name>"),
    fault(
        *("sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy", "sagemaker"),
        "delete_model_package_group_policy",
        ModelPackageGroupName="<id>",
    ),
    fault("scheduler/schedule:Schedule", "scheduler", "delete_schedule", Name="<name>", GroupName="default"),
    fault("secretsmanager/secretPolicy:SecretPolicy", "secretsmanager", "delete_resource_policy", SecretId="<id>"),
    fault("secretsmanager/secretRotation:SecretRotation", "secretsmanager", "cancel_rotate_secret", SecretId="<id>"),
    fault("secretsmanager/secret:Secret", "secretsmanager", "update_secret", SecretId="<id>", Description="planted"),
    fault(
        "sfn/stateMachine:StateMachine",
        "stepfunctions",
        "update_state_machine",
        stateMachineArn="<arn>",
        roleArn="arn:aws:iam::<account>:role/OrganizationAccountAccessRole",
    ),
    fault(
        "sns/topic:Topic",
        "sns",
        "set_topic_attributes",
        TopicArn="<arn>",
        AttributeName="KmsMasterKeyId",
        AttributeValue="alias/aws/sns",
    ),
    fault(
        *("sns/topicPolicy:TopicPolicy", "sns", "set_topic_attributes"),
        TopicArn="<arn>",
        AttributeName="Policy",
        AttributeValue='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sns:Publish",'
        '"Resource":"<arn>"}]}',
    ),
    fault("sns/topicSubscription:TopicSubscription", "sns", "unsubscribe", SubscriptionArn="<id>"),
    fault(
        "sqs/queue:Queue", "sqs", "set_queue_attributes", QueueUrl="<id>", Attributes={"MessageRetentionPeriod": "60"}
    ),
    fault(
        *("ssm/serviceSetting:ServiceSetting", "ssm", "update_service_setting"),
        SettingId="<settingId>",
        SettingValue="Enable",
    ),
    fault(
        *("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "ec2", "revoke_security_group_egress"),
        GroupId="<securityGroupId>",
        SecurityGroupRuleIds=["<id>"],
    ),
    fault(
        *("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ec2", "revoke_security_group_ingress"),
        GroupId="<securityGroupId>",
        SecurityGroupRuleIds=["<id>"],
    ),
    fault(
        "backup/restoreTestingPlan:RestoreTestingPlan",
        "backup",
        "update_restore_testing_plan",
        RestoreTestingPlanName="<name>",
        RestoreTestingPlan={"ScheduleExpression": "cron(0 1 1 1 ? *)"},
    ),
    fault("ec2/vpcIpamPool:VpcIpamPool", "ec2", "modify_ipam_pool", IpamPoolId="<id>", Description="planted"),
    fault("ec2transitgateway/peeringAttachment:PeeringAttachment", "ec2", "create_tags", **EC2_TAG),
    fault(
        *("lakeformation/permissions:Permissions", "lakeformation", "revoke_permissions"),
        Principal={"DataLakePrincipalIdentifier": "<principal>"},
        Resource={"Database": {"Name": "<database.name>"}},
        Permissions="<permissions>",
    ),
    fault("lakeformation/resource:Resource", "lakeformation", "deregister_resource", ResourceArn="<arn>"),
    fault("macie2/account:Account", "macie2", "disable_macie"),
    fault(
        *("networkfirewall/firewall:Firewall", "network-firewall", "update_firewall_delete_protection"),
        FirewallArn="<arn>",
        DeleteProtection=False,
    ),
    fault("ssm/parameter:Parameter", "ssm", "delete_parameter", Name="<name>"),
)
