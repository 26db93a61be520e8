"""AWS Config: recorder, delivery channel, aggregator."""

from typing import Final

from rehearsal.provider.services.shapes import wrap
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on


def _channel(resource: EmulatedResource, values: Values) -> Values:
    named = {
        "s3KmsKeyArn": values.get("s3KmsKeyArn"),
        "configSnapshotDeliveryProperties": values.get("snapshotDeliveryProperties"),
    }
    inner = wrap("deliveryChannel", "name", "s3BucketName", "s3KeyPrefix", "snsTopicArn")(resource, values)
    optional = {name: value for name, value in named.items() if value is not None}
    return {**values, "deliveryChannel": {**inner["deliveryChannel"], **optional}}


def _run(resource: EmulatedResource) -> Values:
    enabled = resource.inputs.get("isEnabled") is True
    operation = "start_configuration_recorder" if enabled else "stop_configuration_recorder"
    resource.call(operation, ConfigurationRecorderName=resource.inputs["name"])
    return {}


TYPES: Final = (
    Emulated(
        type="aws:cfg/recorder:Recorder",
        service="config",
        create="put_configuration_recorder",
        read=Find(op="describe_configuration_recorders", at="ConfigurationRecorders", matching={"name": "id"}),
        update="put",
        delete="delete_configuration_recorder",
        id="{name}",
        names={"ConfigurationRecorderName": "name"},
        prepare=wrap("configurationRecorder", "name", "roleArn", "recordingGroup", "recordingMode"),
        forces=on("name"),
    ),
    Emulated(
        type="aws:cfg/deliveryChannel:DeliveryChannel",
        service="config",
        create="put_delivery_channel",
        read=Find(op="describe_delivery_channels", at="DeliveryChannels", matching={"name": "id"}),
        outputs={"snapshotDeliveryProperties": "configSnapshotDeliveryProperties"},
        update="put",
        delete="delete_delivery_channel",
        id="{name}",
        names={"DeliveryChannelName": "name"},
        prepare=_channel,
        forces=on("name"),
    ),
    Emulated(
        type="aws:cfg/recorderStatus:RecorderStatus",
        service="config",
        create=_run,
        read=Find(
            op="describe_configuration_recorder_status", at="ConfigurationRecordersStatus", matching={"name": "id"}
        ),
        outputs={"isEnabled": "recording"},
        update="put",
        delete=ApiCall(op="stop_configuration_recorder", by={"ConfigurationRecorderName": "id"}),
        id="{name}",
        forces=on("name"),
    ),
    Emulated(
        type="aws:cfg/configurationAggregator:ConfigurationAggregator",
        service="config",
        create="put_configuration_aggregator",
        read=Find(
            op="describe_configuration_aggregators",
            at="ConfigurationAggregators",
            matching={"ConfigurationAggregatorName": "id"},
            paged=True,
        ),
        outputs={
            "accountAggregationSource": "AccountAggregationSources",
            "organizationAggregationSource": "OrganizationAggregationSource",
        },
        update="put",
        delete="delete_configuration_aggregator",
        id="{name}",
        names={
            "ConfigurationAggregatorName": "name",
            "ConfigurationAggregatorArn": "arn",
            "ResourceArn": "arn",
            "AllAwsRegions": "allRegions",
            "AwsRegions": "regions",
        },
        forces=on("name"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource"),
    ),
)
