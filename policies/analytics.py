"""Glue, Athena and Lake Formation, 45 CFR 164.312(a)(1): minimum necessary access, encrypted results."""

from collections.abc import Iterator

from controls.rules import UNKNOWN, Problem, Props, Undecided
from controls.rules.predicates import absent, all_of, between, equals, present
from controls.rules.values import items, lookup
from policies.checks import Checks, on


def _no_default_permissions(props: Props) -> Iterator[Problem]:
    """Left out, Lake Formation grants IAM_ALLOWED_PRINCIPALS everything on what is created."""
    for name in ("createDatabaseDefaultPermissions", "createTableDefaultPermissions"):
        value = props.get(name)
        if value is UNKNOWN:
            yield Undecided.at(name)
        elif value is None or any(one is UNKNOWN or one.get("permissions") for one in items(value)):
            yield Problem(f"{name} must be an empty list")


def _named_principal(props: Props) -> Iterator[Problem]:
    principal = lookup(props, "principal")
    if principal is UNKNOWN:
        yield Undecided.at("principal")
    elif principal in ("IAM_ALLOWED_PRINCIPALS", "EVERYONE") or str(principal).endswith(":IAMPrincipals"):
        yield Problem(f"principal is {principal!r}: every principal whose IAM policies allow it")


def _not_all(props: Props) -> Iterator[Problem]:
    if {"ALL", "SUPER", "SUPER_USER"} & set(map(str, items(lookup(props, "permissions")))):
        yield Problem("permissions include ALL")


CHECKS: Checks = {
    "glue-security-keys": on(
        "aws:glue/securityConfiguration:SecurityConfiguration",
        all_of(
            equals("encryptionConfiguration.s3Encryption.s3EncryptionMode", "SSE-KMS"),
            equals("encryptionConfiguration.cloudwatchEncryption.cloudwatchEncryptionMode", "SSE-KMS"),
            equals("encryptionConfiguration.jobBookmarksEncryption.jobBookmarksEncryptionMode", "CSE-KMS"),
        ),
    ),
    "glue-job-secured": on(("aws:glue/job:Job", "aws:glue/crawler:Crawler"), present("securityConfiguration")),
    "glue-job-vpc": on("aws:glue/job:Job", present("connections")),
    "glue-job-limit": on("aws:glue/job:Job", between("timeout", 1, 1440, default=2880)),
    "glue-catalog-encrypted": on(
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
    "athena-results-key": on(
        "aws:athena/workgroup:Workgroup",
        all_of(
            equals("configuration.resultConfiguration.encryptionConfiguration.encryptionOption", "SSE_KMS", "CSE_KMS"),
            present("configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn"),
        ),
    ),
    "athena-enforced": on(
        "aws:athena/workgroup:Workgroup", equals("configuration.enforceWorkgroupConfiguration", True, default=True)
    ),
    "athena-cutoff": on("aws:athena/workgroup:Workgroup", present("configuration.bytesScannedCutoffPerQuery")),
    "lakeformation-no-defaults": on("aws:lakeformation/dataLakeSettings:DataLakeSettings", _no_default_permissions),
    "lakeformation-no-everyone": on("aws:lakeformation/permissions:Permissions", _named_principal),
    "lakeformation-no-regrant": on("aws:lakeformation/permissions:Permissions", absent("permissionsWithGrantOptions")),
    "lakeformation-columns": on("aws:lakeformation/permissions:Permissions", _not_all),
}
