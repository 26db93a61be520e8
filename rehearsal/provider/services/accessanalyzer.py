"""IAM Access Analyzer: analyzers of an account or an organisation."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

TYPES: Final = (
    Emulated(
        type="aws:accessanalyzer/analyzer:Analyzer",
        service="accessanalyzer",
        create="create_analyzer",
        read=Find(op="get_analyzer", by={"analyzerName": "analyzerName"}, at="analyzer"),
        update=(ApiCall(op="update_analyzer", on=on("configuration")),),
        delete="delete_analyzer",
        id="{analyzerName}",
        names={"name": "analyzerName", "resourceArn": "arn"},
        forces=on("analyzerName", "type"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read=""),
    ),
)
