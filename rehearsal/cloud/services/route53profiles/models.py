"""Profiles of private DNS names, their resources, and the VPCs that use them."""

from typing import Any, Final

from boto3 import Session
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.utilities.tagging_service import TaggingService

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import sharing

Item = dict[str, Any]


class Route53ProfilesBackend(BaseBackend):
    """The profiles of an account in a region."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.profiles: dict[str, Item] = {}
        self.resource_associations: dict[str, Item] = {}
        self.vpc_associations: dict[str, Item] = {}
        self.tagger = TaggingService()

    def visible_profile(self, identity: str) -> Item:
        """A profile of the account, or one that another account shares with it."""
        for arn in sharing.shared_with(self.account_id, self.region_name):
            parts = arn.split(":")
            if parts[5] == f"profile/{identity}":
                owner = route53profiles_backends[parts[4]][parts[3]]
                return {**item_of(owner.profiles, identity, "Profile"), "ShareStatus": "SHARED_WITH_ME"}
        return item_of(self.profiles, identity, "Profile")

    def new_item(self, prefix: str, tags: dict[str, str] | None = None, **members: Any) -> Item:
        """A resource with an id, an ARN and tags."""
        identity = f"{prefix}-{mock_random.get_random_hex(17)}"
        kind = {"rp": "profile", "rpassoc": "profile-association"}.get(prefix, "")
        arn = f"arn:aws:route53profiles:{self.region_name}:{self.account_id}:{kind}/{identity}"
        if tags:
            self.tagger.tag_resource(arn, TaggingService.convert_dict_to_tags_input(tags))
        now = utcnow()
        return {
            "Id": identity,
            "OwnerId": self.account_id,
            "Status": "COMPLETE",
            "StatusMessage": "Created",
            "CreationTime": now,
            "ModificationTime": now,
            **({"Arn": arn} if kind else {}),
            **members,
        }


def item_of(collection: dict[str, Item], identity: str, kind: str) -> Item:
    """An item by its id; raises AwsError when there is none."""
    if identity not in collection:
        raise AwsError("ResourceNotFoundException", f"{kind} with ID {identity} does not exist")
    return collection[identity]


route53profiles_backends: Final = BackendDict(
    Route53ProfilesBackend,
    "route53profiles",
    use_boto3_regions=False,
    additional_regions=Session().get_available_regions("ec2"),
)
