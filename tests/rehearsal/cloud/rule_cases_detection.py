"""Requests that the rules of Config, CloudTrail and the security services refuse."""

from collections.abc import Callable
from typing import Any, Final

from rehearsal.cloud import Endpoints
from tests.rehearsal.cloud.rule_requests import EAST, MANAGEMENT, Case, bucket, in_member
from tests.rehearsal.cloud.samples import document

Request = Callable[[Endpoints], Any]
LINKED_ROLE: Final = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def config(endpoints: Endpoints, region: str, *, recorder: bool = True, channel: bool = True) -> Any:
    """A client of Config in a region with a recorder and a delivery channel."""
    client = endpoints.client("config", region)
    if recorder:
        client.put_configuration_recorder(ConfigurationRecorder=recorder_named("default"))
    if channel:
        put_channel(endpoints, client, region)
    return client


def recorder_named(name: str) -> Any:
    return {"name": name, "roleARN": f"arn:aws:iam::{MANAGEMENT}:role/{LINKED_ROLE}"}


def put_channel(endpoints: Endpoints, client: Any, region: str) -> Any:
    name = bucket(endpoints, f"config-{region}")
    writing = {
        "Effect": "Allow",
        "Principal": {"Service": "config.amazonaws.com"},
        "Action": ["s3:ListBucket", "s3:PutObject"],
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
    }
    endpoints.client("s3", EAST).put_bucket_policy(Bucket=name, Policy=document(writing))
    return client.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": name})


def second_recorder(endpoints: Endpoints) -> Any:
    client = config(endpoints, "eu-west-1", channel=False)
    return client.put_configuration_recorder(ConfigurationRecorder=recorder_named("second"))


def channel_without_recorder(endpoints: Endpoints) -> Any:
    return put_channel(endpoints, config(endpoints, "eu-west-2", recorder=False, channel=False), "eu-west-2")


def started_without_channel(endpoints: Endpoints) -> Any:
    client = config(endpoints, "eu-west-3", channel=False)
    return client.start_configuration_recorder(ConfigurationRecorderName="default")


def channel_of_a_running_recorder(endpoints: Endpoints) -> Any:
    client = config(endpoints, "eu-central-1")
    client.start_configuration_recorder(ConfigurationRecorderName="default")
    return client.delete_delivery_channel(DeliveryChannelName="default")


def unknown_managed_rule(endpoints: Endpoints) -> Any:
    client = config(endpoints, "eu-north-1")
    source = {"Owner": "AWS", "SourceIdentifier": "NO_SUCH_RULE"}
    return client.put_config_rule(ConfigRule={"ConfigRuleName": "r", "Source": source})


def of_a_member(service: str, operation: str, **parameters: Any) -> Request:
    """A request of a member account that is no delegated administrator."""

    def request(endpoints: Endpoints) -> Any:
        return getattr(endpoints.client(service, EAST, in_member(endpoints)), operation)(**parameters)

    return request


def malformed_pack(endpoints: Endpoints) -> Any:
    template = '{"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}}'
    return endpoints.client("config", EAST).put_organization_conformance_pack(
        OrganizationConformancePackName="malformed", TemplateBody=template
    )


def aggregator_without_hub(endpoints: Endpoints) -> Any:
    return endpoints.client("securityhub", "eu-west-1").create_finding_aggregator(RegionLinkingMode="ALL_REGIONS")


def central_without_aggregator(endpoints: Endpoints) -> Any:
    hub = endpoints.client("securityhub", "eu-west-2")
    hub.enable_security_hub()
    hub.enable_organization_admin_account(AdminAccountId=MANAGEMENT)
    return hub.update_organization_configuration(
        AutoEnable=False, AutoEnableStandards="NONE", OrganizationConfiguration={"ConfigurationType": "CENTRAL"}
    )


def member_configures_guardduty(endpoints: Endpoints) -> Any:
    client = endpoints.client("guardduty", "eu-west-3", in_member(endpoints))
    detector = client.create_detector(Enable=True)["DetectorId"]
    return client.update_organization_configuration(DetectorId=detector, AutoEnableOrganizationMembers="ALL")


def member_configures_macie(endpoints: Endpoints) -> Any:
    client = endpoints.client("macie2", "eu-west-3", in_member(endpoints))
    client.enable_macie()
    return client.update_organization_configuration(autoEnable=True)


CASES: Final = (
    Case(
        name="second configuration recorder",
        code="MaxNumberOfConfigurationRecordersExceededException",
        request=second_recorder,
    ),
    Case(
        name="delivery channel without recorder",
        code="NoAvailableConfigurationRecorderException",
        request=channel_without_recorder,
    ),
    Case(
        name="recorder without delivery channel",
        code="NoAvailableDeliveryChannelException",
        request=started_without_channel,
    ),
    Case(
        name="delivery channel of a running recorder",
        code="LastDeliveryChannelDeleteFailedException",
        request=channel_of_a_running_recorder,
    ),
    Case(name="unknown managed rule", code="InvalidParameterValueException", request=unknown_managed_rule),
    Case(
        name="conformance pack of a member account",
        code="OrganizationAccessDeniedException",
        request=of_a_member(
            "config",
            "put_organization_conformance_pack",
            OrganizationConformancePackName="p",
            TemplateBody='{"Resources": {"R": {"Type": "AWS::Config::ConfigRule"}}}',
        ),
    ),
    Case(
        name="malformed conformance pack",
        code="OrganizationConformancePackTemplateValidationException",
        request=malformed_pack,
    ),
    Case(
        name="organisation analyzer of a member account",
        code="ValidationException",
        request=of_a_member("accessanalyzer", "create_analyzer", analyzerName="organisation", type="ORGANIZATION"),
    ),
    Case(name="member account configures GuardDuty", code="BadRequestException", request=member_configures_guardduty),
    Case(name="member account configures Macie", code="AccessDeniedException", request=member_configures_macie),
    Case(
        name="member account configures Inspector",
        code="AccessDeniedException",
        request=of_a_member("inspector2", "update_organization_configuration", autoEnable={"ec2": True, "ecr": True}),
    ),
    Case(
        name="member account designates a GuardDuty administrator",
        code="BadRequestException",
        request=of_a_member("guardduty", "enable_organization_admin_account", AdminAccountId=MANAGEMENT),
    ),
    Case(
        name="member account designates an Inspector administrator",
        code="AccessDeniedException",
        request=of_a_member("inspector2", "enable_delegated_admin_account", delegatedAdminAccountId=MANAGEMENT),
    ),
    Case(name="aggregator without Security Hub", code="InvalidAccessException", request=aggregator_without_hub),
    Case(
        name="central configuration without aggregator",
        code="InvalidInputException",
        request=central_without_aggregator,
    ),
)
