"""D8: Services outside the Business Associate Addendum are not used.

Source: AWS "HIPAA Eligible Services Reference", read 2026-08, as IAM service prefixes of the Service Authorization
Reference of the same month. Services that hold no data but that the eligible ones need (scaling, scheduling, health,
tagging, billing) are in `NEEDED`. The list goes stale: `is_stale` tells when it must be compared with
AWS's page again, and `zone audit` reports it.
"""

from datetime import date
from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.package_actions import AUTHORIZE, READ
from controls.targets import PHI

READ_ON: Final = date(2026, 8, 31)
"""The day on which the list was last compared with AWS's page."""
MAXIMUM_AGE_DAYS: Final = 180
"""AWS adds services several times a year; a list older than this denies services that patient data may be in."""


def is_stale(today: date) -> bool:
    """Return whether the list is older than `MAXIMUM_AGE_DAYS`."""
    return (today - READ_ON).days > MAXIMUM_AGE_DAYS


ELIGIBLE: Final = (
    "a4b acm acm-pca airflow amplify apigateway appconfig appflow appmesh apprunner appstream appsync aps athena "
    "auditmanager autoscaling backup backup-storage batch bedrock cassandra chime cloudformation cloudfront cloudhsm "
    "cloudtrail cloudwatch codebuild codecommit codedeploy codepipeline cognito-identity cognito-idp comprehend "
    "comprehendmedical config connect controltower databrew dataexchange datapipeline datasync dax detective "
    "directconnect dms drs ds dynamodb ebs ec2 ec2messages ecr ecs eks elasticache elasticbeanstalk "
    "elasticfilesystem elasticloadbalancing elasticmapreduce emr-containers emr-serverless es events execute-api "
    "firehose forecast frauddetector fsx glacier globalaccelerator glue grafana greengrass groundstation guardduty "
    "healthlake imagebuilder inspector2 iot kafka kendra kinesis kinesisanalytics kinesisvideo kms lakeformation "
    "lambda lex logs macie2 mediaconvert memorydb mgn mobiletargeting mq neptune-db network-firewall omics "
    "opensearch organizations outposts personalize polly qldb quicksight rds rds-data rds-db redshift redshift-data "
    "redshift-serverless rekognition robomaker rolesanywhere route53 route53resolver s3 s3-object-lambda s3express "
    "s3tables sagemaker scheduler secretsmanager securityhub securitylake serverlessrepo servicecatalog "
    "servicediscovery ses shield signer sms snowball sns sqs ssm ssmmessages states storagegateway sts swf textract "
    "timestream transcribe transfer translate vpc-lattice waf wafv2 workdocs worklink workspaces xray"
)
NEEDED: Final = (
    "access-analyzer account application-autoscaling artifact autoscaling-plans aws-portal billing budgets ce cur "
    "freetier health iam identitystore invoicing kms notifications pipes pricing ram resource-explorer-2 "
    "resource-groups route53profiles sagemaker-mlflow servicequotas sso sso-directory support synthetics tag tax "
    "trustedadvisor"
)
PACKAGES: Final = (AUTHORIZE, *READ)
"""Reads of approved packages, which hold no patients' data. Packages are not written where patients' data is: a package
would carry it into a service that the addendum does not cover."""
CONTROL: Final = Control(
    id="D8",
    title="Services outside the Business Associate Addendum are not used",
    reason="Patient data in a service that the addendum does not cover is a breach, even if it is encrypted.",
    citations=cite("164.308(b)(1)", "164.314(a)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="D8Services",
                not_actions=(
                    *(f"{service}:*" for service in sorted({*ELIGIBLE.split(), *NEEDED.split()})),
                    *PACKAGES,
                ),
            ),
        ),
    ),
)
