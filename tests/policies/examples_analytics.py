"""Compliant resources of the subject `analytics`, and the smallest change to each that its policy must catch."""

from typing import Any

from tests.policies.examples import KEY_ARN, Case, Example

ONE: list[tuple[str, str, dict[str, Any], str, Any]] = [
    (
        "glue-security-keys",
        "aws:glue/securityConfiguration:SecurityConfiguration",
        {
            "encryptionConfiguration": {
                "s3Encryption": {"s3EncryptionMode": "SSE-KMS", "kmsKeyArn": KEY_ARN},
                "cloudwatchEncryption": {"cloudwatchEncryptionMode": "SSE-KMS", "kmsKeyArn": KEY_ARN},
                "jobBookmarksEncryption": {"jobBookmarksEncryptionMode": "CSE-KMS", "kmsKeyArn": KEY_ARN},
            }
        },
        "encryptionConfiguration.s3Encryption.s3EncryptionMode",
        "DISABLED",
    ),
    (
        "glue-job-secured",
        "aws:glue/job:Job",
        {"roleArn": "r", "securityConfiguration": "s", "connections": ["c"], "timeout": 60},
        "securityConfiguration",
        None,
    ),
    (
        "glue-job-vpc",
        "aws:glue/job:Job",
        {"roleArn": "r", "securityConfiguration": "s", "connections": ["c"], "timeout": 60},
        "connections",
        [],
    ),
    (
        "glue-job-limit",
        "aws:glue/job:Job",
        {"roleArn": "r", "securityConfiguration": "s", "connections": ["c"], "timeout": 60},
        "timeout",
        None,
    ),
    (
        "glue-catalog-encrypted",
        "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
        {
            "dataCatalogEncryptionSettings": {
                "encryptionAtRest": {"catalogEncryptionMode": "SSE-KMS"},
                "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": True},
            }
        },
        "dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionMode",
        "DISABLED",
    ),
    (
        "athena-results-key",
        "aws:athena/workgroup:Workgroup",
        {
            "name": "w",
            "configuration": {
                "enforceWorkgroupConfiguration": True,
                "resultConfiguration": {
                    "outputLocation": "s3://r/",
                    "encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": KEY_ARN},
                },
                "bytesScannedCutoffPerQuery": 1099511627776,
            },
        },
        "configuration.resultConfiguration.encryptionConfiguration",
        None,
    ),
    (
        "athena-enforced",
        "aws:athena/workgroup:Workgroup",
        {
            "name": "w",
            "configuration": {
                "enforceWorkgroupConfiguration": True,
                "resultConfiguration": {
                    "outputLocation": "s3://r/",
                    "encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": KEY_ARN},
                },
                "bytesScannedCutoffPerQuery": 1099511627776,
            },
        },
        "configuration.enforceWorkgroupConfiguration",
        False,
    ),
    (
        "athena-cutoff",
        "aws:athena/workgroup:Workgroup",
        {
            "name": "w",
            "configuration": {
                "enforceWorkgroupConfiguration": True,
                "resultConfiguration": {
                    "outputLocation": "s3://r/",
                    "encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": KEY_ARN},
                },
                "bytesScannedCutoffPerQuery": 1099511627776,
            },
        },
        "configuration.bytesScannedCutoffPerQuery",
        None,
    ),
    (
        "lakeformation-no-defaults",
        "aws:lakeformation/dataLakeSettings:DataLakeSettings",
        {
            "admins": ["arn:aws:iam::111122223333:role/lake"],
            "createDatabaseDefaultPermissions": [],
            "createTableDefaultPermissions": [],
        },
        "createTableDefaultPermissions",
        [{"permissions": ["ALL"], "principal": "IAM_ALLOWED_PRINCIPALS"}],
    ),
    (
        "lakeformation-no-defaults",
        "aws:lakeformation/dataLakeSettings:DataLakeSettings",
        {
            "admins": ["arn:aws:iam::111122223333:role/lake"],
            "createDatabaseDefaultPermissions": [],
            "createTableDefaultPermissions": [],
        },
        "createDatabaseDefaultPermissions",
        None,
    ),
    (
        "lakeformation-no-everyone",
        "aws:lakeformation/permissions:Permissions",
        {"principal": "arn:aws:iam::111122223333:role/team", "permissions": ["SELECT"]},
        "principal",
        "IAM_ALLOWED_PRINCIPALS",
    ),
    (
        "lakeformation-no-regrant",
        "aws:lakeformation/permissions:Permissions",
        {"principal": "arn:aws:iam::111122223333:role/team", "permissions": ["SELECT"]},
        "permissionsWithGrantOptions",
        ["SELECT"],
    ),
    (
        "lakeformation-columns",
        "aws:lakeformation/permissions:Permissions",
        {"principal": "arn:aws:iam::111122223333:role/team", "permissions": ["SELECT"]},
        "permissions",
        ["ALL"],
    ),
]
CASES = [
    Case(policy=name, compliant=[Example(type=kind, props=props)], changes=[(0, path, value)])
    for name, kind, props, path, value in ONE
]
