"""AWS Config: recorder, delivery channel, aggregator."""

from typing import Any, Final

from rehearsal.provider.services.shapes import one, wrap
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on


def _channel(work: Work, values: Values) -> Values:
    named = {
        "s3KmsKeyArn": values.get("s3KmsKeyArn"),
        "configSnapshotDeliveryProperties": values.get("snapshotDeliveryProperties"),
    }
    inner = wrap("deliveryChannel", "name", "s3BucketName", "s3KeyPrefix", "snsTopicArn")(work, values)
    more = {name: value for name, value in named.items() if value is not None}
    return {**values, "deliveryChannel": {**inner["deliveryChannel"], **more}}


def _read_channel(work: Work) -> Any:
    found = one(work.call("describe_delivery_channels")["DeliveryChannels"], name=work.id)
    return found and {**found, "snapshotDeliveryProperties": found.get("configSnapshotDeliveryProperties")}


def _read_recorder(work: Work) -> Any:
    return one(work.call("describe_configuration_recorders")["ConfigurationRecorders"], name=work.id)


def _run(work: Work) -> Values:
    enabled = work.inputs.get("isEnabled") is True
    operation = "start_configuration_recorder" if enabled else "stop_configuration_recorder"
    work.call(operation, ConfigurationRecorderName=work.inputs["name"])
    return {}


def _running(work: Work) -> Any:
    found = one(work.call("describe_configuration_recorder_status")["ConfigurationRecordersStatus"], name=work.id)
    return found and {"name": work.id, "isEnabled": found["recording"]}


def _read_aggregator(work: Work) -> Any:
    listed = work.pages("describe_configuration_aggregators", "ConfigurationAggregators")
    found = one(listed, ConfigurationAggregatorName=work.id)
    return found and {
        **found,
        "accountAggregationSource": found.get("AccountAggregationSources"),
        "organizationAggregationSource": found.get("OrganizationAggregationSource"),
    }


TYPES: Final = (
    Emulated(
        type="aws:cfg/recorder:Recorder",
        service="config",
        create="put_configuration_recorder",
        read=_read_recorder,
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
        read=_read_channel,
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
        read=_running,
        update="put",
        delete=lambda work: work.call("stop_configuration_recorder", ConfigurationRecorderName=work.id),
        id="{name}",
        forces=on("name"),
    ),
    Emulated(
        type="aws:cfg/configurationAggregator:ConfigurationAggregator",
        service="config",
        create="put_configuration_aggregator",
        read=_read_aggregator,
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
