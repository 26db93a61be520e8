"""F11: Nothing is shared outside the organisation.

Some services take the policy of a new resource with the request that creates it (`sns:CreateTopic`,
`events:CreateEventBus`), and no condition key says whom the policy lets in. P3 closes the services that resource
control policies protect; for the others, IAM Access Analyzer reports such a resource after its creation.
"""

from typing import Final

from controls.citations import cite
from controls.data.d8_eligible_services.control import ELIGIBLE, NEEDED
from controls.derived import named, without
from controls.foundation.f11_external_sharing.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU

_RCP: Final = "P3Identities denies strangers, whatever the policy of the resource says"
_ROLES: Final = "F9 and F3 protect roles and users"
_INSIDE: Final = "gives rights to identities of the account alone"
_ORGANIZATION: Final = "only the management account can call it, which no SCP binds"
NOT_SHARED: Final = {
    "dynamodb:*": _RCP,
    "ecr:*": _RCP,
    "kms:*": _RCP,
    "logs:*": _RCP,
    "s3:*": _RCP,
    "secretsmanager:*": _RCP,
    "sqs:*": _RCP,
    "iam:*": _ROLES,
    "ec2:EnableImageBlockPublicAccess": "blocks public access",
    "ec2:EnableSnapshotBlockPublicAccess": "F10Blocks denies it",
    "ec2:CreateOdbNetworkPeering": "N2Services denies it",
    "ec2:ModifyOdbNetworkPeering": "N2Services denies it",
    "backup:PutBackupVaultAccessPolicy": "D6Vaults denies it where records and backups are",
    "lakeformation:*": "D9 denies it where patient data is",
    "elasticmapreduce:PutBlockPublicAccessConfiguration": "F10Blocks denies it",
    "sso:*": _ORGANIZATION,
    "organizations:*": _ORGANIZATION,
    "billing:PutResourcePolicy": _ORGANIZATION,
    "health:*": _ORGANIZATION,
    "notifications:*": _ORGANIZATION,
    "ram:EnableSharingWithAwsOrganization": _ORGANIZATION,
    "ram:*ResourceShare": "F11Shares and F11ExternalShares deny external principals",
    "ram:*Permission": "the principals of a share are those of F11Shares and F11ExternalShares",
    "acm-pca:CreatePermission": "its principal is AWS Certificate Manager alone",
    "apigateway:AddCertificateToDomain": _INSIDE,
    "apigateway:CreateAccessAssociation": "joins an endpoint of the account to a domain name that another policy opens",
    "apigateway:SetWebACL": "a web firewall gives no rights",
    "appsync:SetWebACL": "a web firewall gives no rights",
    "batch:*QuotaShare": "a share of computing capacity, inside the account",
    "*:AllowVendedLogDeliveryForResource": "delivers a log of the service; P1Resources denies strangers' destinations",
    "cloudformation:SetStackPolicy": _INSIDE,
    "ec2:AttachApplianceToNatGateway": _INSIDE,
    "ec2:AttachResourcesToPlacementGroup": _INSIDE,
    "elasticmapreduce:PutWorkspaceAccess": _INSIDE,
    "glacier:SetDataRetrievalPolicy": "limits the cost of retrievals",
    "glue:ManagedConnector": _INSIDE,
    "grafana:UpdatePermissions": _INSIDE,
    "greengrass:AssociateServiceRoleToAccount": _INSIDE,
    "iot:*": "policies of devices of the account",
    "lambda:AddPermission": "F11Functions",
    "lambda:EnableReplication*": "CloudFront alone calls it",
    "quicksight:*": _INSIDE,
    "rds:AuthorizeDBSecurityGroupIngress": "of EC2-Classic, which AWS has ended",
    "redshift:CreateClusterUser": _INSIDE,
    "redshift:CreateSnapshotCopyGrant": _INSIDE,
    "redshift:ModifyClusterIamRoles": _INSIDE,
    "s3-object-lambda:PutObject*Acl": _RCP,
    "s3express:PutAccessPointScope": "narrows the policy of the access point",
    "storagegateway:*FileShare": "a file share of the account's own gateway",
    "vpc-lattice:AssociateViaAWSService*": "AWS services alone call it",
    "vpc-lattice:CreateServiceNetworkVpcEndpointAssociation": "N2Services denies it",
    "waf:*WebACL": "a web firewall gives no rights",
    "workdocs:AddNotificationPermissions": _INSIDE,
    "workspaces:ModifySelfservicePermissions": _INSIDE,
    "xray:PutEncryptionConfig": "gives no rights",
}
"""Actions that change who may use a resource and let no stranger in, or that another guardrail denies -> reason."""
_VERBS: Final = "(Put|Create|Update|Add|Authorize|Modify|Set|Associate|Enable|Grant|Allow|Attach|Manage)"
SERVICES: Final = (*ELIGIBLE.split(), *NEEDED.split())
SHARING: Final = tuple(
    sorted(
        {
            *named(_VERBS, SERVICES, level="Permissions management"),
            *named(rf"{_VERBS}\w*(ResourcePolicy|SharingPolicy|Permissions?|Share)$", SERVICES),
        }
    )
)
"""Actions of eligible services that give rights to a resource: AWS's access level `Permissions management`, or a name
that says so."""
POLICIES_OF_RESOURCES: Final = (
    "dynamodb:PutResourcePolicy",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:ModifyVpcEndpointServicePermissions",
    "ecr-public:CreateRepository",
    "ecr-public:PutImage",
    "glacier:SetVaultAccessPolicy",
    "kinesis:PutResourcePolicy",
    "lambda:AddLayerVersionPermission",
    "redshift:AuthorizeDataShare",
    "redshift:AuthorizeSnapshotAccess",
    "s3tables:PutTableBucketPolicy",
    "s3tables:PutTablePolicy",
    "sagemaker:PutModelPackageGroupPolicy",
    "sns:AddPermission",
    "sqs:AddPermission",
)
COPIES: Final = (
    "ec2:ModifyFpgaImageAttribute",
    "ec2:ModifyImageAttribute",
    "ec2:ModifySnapshotAttribute",
    "rds:ModifyDBClusterSnapshotAttribute",
    "rds:ModifyDBSnapshotAttribute",
    "ssm:ModifyDocumentPermission",
)
CONTROL: Final = Control(
    id="F11",
    title="Nothing is shared outside the organisation",
    reason="A shared snapshot, resource or key is used in another account, outside the zone's policies and logs.",
    citations=cite("164.312(a)(1)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F11Shares",
                actions=("ram:CreateResourceShare", "ram:UpdateResourceShare"),
                # `Bool true` and not `BoolIfExists`: an update that leaves the flag alone does not carry the key.
                conditions={"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}},
                exempt=False,
            ),
            Statement(
                sid="F11ExternalShares",
                actions=("ram:AssociateResourceShare",),
                # The share's own flag, which every association carries: a share made external before stays useless.
                conditions={"Bool": {"ram:AllowsExternalPrincipals": "true"}},
                exempt=False,
            ),
            Statement(
                sid="F11Copies",
                actions=COPIES,
            ),
            Statement(
                sid="F11Policies",
                # Each of them lets another account in and carries no key that says which one.
                actions=POLICIES_OF_RESOURCES,
            ),
            Statement(
                sid="F11Services",
                # The same of every other service: what AWS adds to its tables is denied as soon as they are renewed.
                actions=tuple(
                    action
                    for action in without(SHARING, NOT_SHARED, "action that shares a resource")
                    if action not in {*POLICIES_OF_RESOURCES, *COPIES}
                ),
            ),
            Statement(
                sid="F11Functions",
                # Permissions of functions for AWS services are daily work; those for principals of an account are not.
                actions=("lambda:AddPermission",),
                conditions={"StringNotLike": {"lambda:Principal": "*.amazonaws.com"}},
            ),
            Statement(
                sid="F11Grants",
                actions=("kms:CreateGrant",),
                # IfExists: a grant asked for by a person may come without the key and must be denied too. Only
                # CreateGrant stands here, which knows the key, so nothing else is caught by its absence.
                conditions={"BoolIfExists": {"kms:GrantIsForAWSResource": "false"}},
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK"),
        ConfigRule(identifier="RDS_SNAPSHOTS_PUBLIC_PROHIBITED"),
        ConfigRule(identifier="SSM_DOCUMENT_NOT_PUBLIC"),
    ),
    block=POLICIES,
)
