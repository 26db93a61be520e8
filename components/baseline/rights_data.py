"""The services and actions that the pipeline may use, by kind of account."""

from collections.abc import Mapping, Sequence
from typing import Final

from controls.package_actions import AUTHORIZE, READ

WORKLOAD: Final = (
    "application-autoscaling",
    "athena",
    "backup",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elasticfilesystem",
    "elasticloadbalancing",
    "events",
    "glue",
    "lakeformation",
    "lambda",
    "logs",
    "rds",
    "sagemaker",
    "scheduler",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
)
SERVICES: Final[Mapping[str, Sequence[str]]] = {
    "security": (
        "access-analyzer",
        "backup",
        "cloudwatch",
        "config",
        "events",
        "guardduty",
        "inspector2",
        "logs",
        "macie2",
        "securityhub",
        "sns",
        "sqs",
    ),
    "infrastructure": (
        "cloudwatch",
        "codeartifact",
        "ec2",
        "ecr",
        "events",
        "logs",
        "network-firewall",
        "ram",
        "route53profiles",
        "route53resolver",
        "sns",
    ),
    # A spoke's DNS firewall, query logs and profile are its account's; so are certificates of load balancers.
    "workload": (*WORKLOAD, "acm", "route53profiles", "route53resolver"),
    # The DNS firewall and the query log of a sandbox's VPC are its account's.
    "sandbox": (*WORKLOAD, "route53resolver"),
    "management": ("cloudwatch", "events", "logs", "sns"),
}
"""Kind of account -> services that the pipeline manages in the regions of the zone."""

NAMES: Final = (
    "route53:AssociateVPCWithHostedZone",
    "route53:ChangeResourceRecordSets",
    "route53:ChangeTagsForResource",
    "route53:CreateHealthCheck",
    "route53:CreateHostedZone",
    "route53:CreateVPCAssociationAuthorization",
    "route53:DeleteHealthCheck",
    "route53:DeleteHostedZone",
    "route53:DeleteVPCAssociationAuthorization",
    "route53:DisassociateVPCFromHostedZone",
    "route53:Get*",
    "route53:List*",
    "route53:UpdateHealthCheck",
    "route53:UpdateHostedZoneComment",
)
"""Private zones and health checks, by the network and by spokes."""
ROUTE_53: Final = "us-east-1"
"""Region of the control plane of Route 53 (Service Authorization Reference, "Global services")."""
NAMES_FOR: Final = frozenset({"infrastructure", "workload"})

LINKED: Final[Mapping[str, Sequence[str]]] = {
    "sandbox": ("sagemaker.amazonaws.com",),  # network interfaces of the Studio domain
    "workload": (
        "ecs.amazonaws.com",  # network interfaces of tasks
        "ecs.application-autoscaling.amazonaws.com",  # scales services
        "elasticloadbalancing.amazonaws.com",  # network interfaces of load balancers
        "rds.amazonaws.com",  # network interfaces, logs and secrets of databases
        "replication.ecr.amazonaws.com",  # copies images into the recovery region
        "sagemaker.amazonaws.com",  # network interfaces of the Studio domain
        "sagemaker.application-autoscaling.amazonaws.com",  # scales endpoints
    ),
}
"""Kind of account -> services whose service-linked role is created with the first resource that needs it."""

_GRANTED: Final = ("dynamodb", "ecr", "lambda", "rds", "sagemaker", "secretsmanager")
GRANTED: Final[Mapping[str, Sequence[str]]] = {
    "infrastructure": ("codeartifact",),
    "sandbox": _GRANTED,
    "workload": _GRANTED,
}
"""Kind of account -> services that use a key by a grant of the resource's creator (KMS Developer Guide, "Grants in AWS
KMS")."""

PASSED_TO: Final = (
    "backup.amazonaws.com",
    "ecs-tasks.amazonaws.com",
    "events.amazonaws.com",
    "glue.amazonaws.com",
    "lakeformation.amazonaws.com",
    "lambda.amazonaws.com",
    "monitoring.rds.amazonaws.com",
    "s3.amazonaws.com",
    "sagemaker.amazonaws.com",
    "scheduler.amazonaws.com",
    "states.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
)
"""Services that may be given a role of the zone."""
PASSED_IN: Final[Mapping[str, Sequence[str]]] = {
    "management": ("budgets.amazonaws.com",),
    "security": ("config.amazonaws.com",),
}
"""Kind of account -> further services that may be given a role: AWS Config's aggregator, and AWS Budgets, which
attaches the spending stop of a sandbox."""

SPENDING_STOPS: Final = (
    "budgets:CreateBudgetAction",
    "budgets:DeleteBudgetAction",
    "budgets:DescribeBudgetAction",
    "budgets:DescribeBudgetActionHistories",
    "budgets:ListTagsForResource",
    "budgets:ModifyBudget",
    "budgets:TagResource",
    "budgets:UntagResource",
    "budgets:UpdateBudgetAction",
    "budgets:ViewBudget",
)
"""Actions on the budgets of sandboxes, in the management account."""

ORGANIZATION: Final = (
    "account:DeleteAlternateContact",
    "account:GetAlternateContact",
    "account:PutAlternateContact",
    "cloudtrail:DeregisterOrganizationDelegatedAdmin",
    "cloudtrail:RegisterOrganizationDelegatedAdmin",
    "ec2:DisableIpamOrganizationAdminAccount",
    "ec2:EnableIpamOrganizationAdminAccount",
    "guardduty:EnableOrganizationAdminAccount",
    "guardduty:ListOrganizationAdminAccounts",
    "inspector2:EnableDelegatedAdminAccount",
    "inspector2:GetDelegatedAdminAccount",
    "inspector2:ListDelegatedAdminAccounts",
    "macie2:EnableOrganizationAdminAccount",
    "macie2:ListOrganizationAdminAccounts",
    "organizations:AttachPolicy",
    "organizations:CreateAccount",
    "organizations:CreateOrganizationalUnit",
    "organizations:CreatePolicy",
    "organizations:DeletePolicy",
    "organizations:DeregisterDelegatedAdministrator",
    "organizations:Describe*",
    "organizations:DetachPolicy",
    "organizations:EnableAWSServiceAccess",
    "organizations:EnablePolicyType",
    "organizations:List*",
    "organizations:MoveAccount",
    "organizations:RegisterDelegatedAdministrator",
    "organizations:TagResource",
    "organizations:UntagResource",
    "organizations:UpdateOrganizationalUnit",
    "organizations:UpdatePolicy",
    "ram:EnableSharingWithAwsOrganization",
    "securityhub:EnableOrganizationAdminAccount",
    "securityhub:ListOrganizationAdminAccounts",
)
"""Actions of the stack `organization` in the management account; none closes or removes an account."""

PACKAGES: Final[Mapping[str, Sequence[str]]] = {
    "workload": (AUTHORIZE, *READ),
    "infrastructure": ("codeartifact:*",),
}
"""Kind of account -> actions on packages of the roles that the pipeline creates: patients' data is not where packages
are written."""

NO_DATA: Final = (
    "athena:GetQueryResults",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:Query",
    "dynamodb:Scan",
    "s3:GetObject",
    "s3:GetObjectVersion",
    "sagemaker:GetRecord",
    "sagemaker:InvokeEndpoint",
    "secretsmanager:GetSecretValue",
)
"""Actions on data that the deploy role is denied: 45 CFR 164.308(a)(4)(ii)(C), minimum necessary."""
