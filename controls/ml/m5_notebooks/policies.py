"""Policies of M5: notebooks have neither direct internet access nor root."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import equals, matches
from controls.rules.sagemaker import NOTEBOOK

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-notebook-internet",
        title="Notebook instances have no direct internet access",
        remedy="Set direct_internet_access to Disabled.",
        check=on(NOTEBOOK, equals("directInternetAccess", "Disabled", default="Enabled")),
    ),
    PolicyRule(
        name="sagemaker-notebook-root",
        title="Notebook users are not root",
        remedy="Set root_access to Disabled.",
        check=on(NOTEBOOK, equals("rootAccess", "Disabled", default="Enabled")),
    ),
    PolicyRule(
        name="sagemaker-notebook-metadata",
        title="Notebook instances answer metadata requests with session tokens only (IMDSv2)",
        remedy='Set instance_metadata_service_configuration.minimum_instance_metadata_service_version to "2".',
        check=on(
            NOTEBOOK,
            equals("instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion", "2", default="1"),
        ),
    ),
    PolicyRule(
        name="sagemaker-notebook-platform",
        title="Notebook instances have a supported platform",
        remedy="Set platform_identifier to notebook-al2-v3 or a newer one.",
        check=on(NOTEBOOK, matches("platformIdentifier", r"^notebook-al(2-v[3-9]|20\d\d)", "notebook-al2-v3 or newer")),
    ),
)
