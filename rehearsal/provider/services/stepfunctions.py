"""Step Functions: state machines."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

TYPES: Final = (
    Emulated(
        type="aws:sfn/stateMachine:StateMachine",
        service="stepfunctions",
        create="create_state_machine",
        read=Find(op="describe_state_machine", by={"stateMachineArn": "id"}),
        update="update_state_machine",
        delete=ApiCall(op="delete_state_machine", by={"stateMachineArn": "id"}),
        id="{arn}",
        names={"stateMachineArn": "arn", "resourceArn": "arn"},
        keep=on("publish"),
        forces=on("name", "namePrefix", "type"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource", at="tags"),
    ),
)
