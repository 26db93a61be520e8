"""Policies of D5: disks, file systems and databases are created encrypted."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import all_of, equals, present, when

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="rds-encrypted",
        title="Databases are encrypted with a named key",
        remedy=(
            "Set storage_encrypted=True and kms_key_id; an existing database is copied through an encrypted snapshot."
        ),
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"),
            all_of(equals("storageEncrypted", True, default=False), present("kmsKeyId")),
        ),
    ),
    PolicyRule(
        name="rds-insights-key",
        title="Performance data is encrypted with a named key",
        remedy="Set performance_insights_kms_key_id.",
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"),
            when("performanceInsightsEnabled", (True,), present("performanceInsightsKmsKeyId")),
        ),
    ),
    PolicyRule(
        name="efs-encrypted",
        title="File systems are encrypted with a named key",
        remedy="Set encrypted=True and kms_key_id.",
        check=on(
            "aws:efs/fileSystem:FileSystem", all_of(equals("encrypted", True, default=False), present("kmsKeyId"))
        ),
    ),
    PolicyRule(
        name="dynamodb-key",
        title="Tables are encrypted with a named key",
        remedy="Set server_side_encryption with enabled=True and kms_key_arn.",
        check=on(
            "aws:dynamodb/table:Table",
            all_of(
                equals("serverSideEncryption.enabled", True, default=False), present("serverSideEncryption.kmsKeyArn")
            ),
        ),
    ),
    PolicyRule(
        name="ebs-volume-encrypted",
        title="Volumes are encrypted",
        remedy="Set encrypted=True and kms_key_id.",
        check=on("aws:ebs/volume:Volume", equals("encrypted", True, default=False)),
    ),
    PolicyRule(
        name="kinesis-encrypted",
        title="Streams are encrypted with a named key",
        remedy="Set encryption_type to KMS and kms_key_id.",
        check=on(
            "aws:kinesis/stream:Stream", all_of(equals("encryptionType", "KMS", default="NONE"), present("kmsKeyId"))
        ),
    ),
    PolicyRule(
        name="elasticache-encrypted",
        title="Caches are encrypted at rest and in transit",
        remedy="Set at_rest_encryption_enabled and transit_encryption_enabled.",
        check=on(
            "aws:elasticache/replicationGroup:ReplicationGroup",
            all_of(
                equals("atRestEncryptionEnabled", True, default=False),
                equals("transitEncryptionEnabled", True, default=False),
            ),
        ),
    ),
    PolicyRule(
        name="glue-security-keys",
        title="Glue security configurations encrypt data, logs and bookmarks",
        remedy="Set SSE-KMS for S3 and logs and CSE-KMS for bookmarks, each with kms_key_arn.",
        check=on(
            "aws:glue/securityConfiguration:SecurityConfiguration",
            all_of(
                equals("encryptionConfiguration.s3Encryption.s3EncryptionMode", "SSE-KMS"),
                equals("encryptionConfiguration.cloudwatchEncryption.cloudwatchEncryptionMode", "SSE-KMS"),
                equals("encryptionConfiguration.jobBookmarksEncryption.jobBookmarksEncryptionMode", "CSE-KMS"),
            ),
        ),
    ),
    PolicyRule(
        name="glue-job-secured",
        title="Glue jobs use a security configuration",
        remedy="Set security_configuration.",
        check=on(("aws:glue/job:Job", "aws:glue/crawler:Crawler"), present("securityConfiguration")),
    ),
    PolicyRule(
        name="glue-catalog-encrypted",
        title="The catalogue and its connection passwords are encrypted",
        remedy="Set both parts of data_catalog_encryption_settings.",
        check=on(
            "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
            all_of(
                equals(
                    "dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode",
                    "SSE-KMS",
                    "SSE-KMS-WITH-SERVICE-ROLE",
                ),
                equals(
                    "dataCatalogEncryptionSettings.connectionPasswordEncryption.returnConnectionPasswordEncrypted", True
                ),
            ),
        ),
    ),
)
