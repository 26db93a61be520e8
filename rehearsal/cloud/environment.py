"""Points an ordinary AWS CLI or boto3 at the emulated cloud: environment variables and a file of profiles."""

import configparser
import io
from collections.abc import Mapping
from pathlib import Path

from rehearsal.cloud.description import Description
from rehearsal.cloud.endpoints import MANAGEMENT
from rehearsal.cloud.errors import CloudError
from rehearsal.cloud.partition import GLOBAL, GLOBAL_REGION

ROLE = "OrganizationAccountAccessRole"
"""The role that AWS Organizations creates in every account it creates."""


def environment(
    state: Path, cloud: Description, accounts: Mapping[str, str], profile: str | None, via: str | None = None
) -> dict[str, str]:
    """Variables for a shell. `accounts`: name -> id; each but the management account's becomes a profile.

    Everything goes to one listener, which answers for every region that is up: the global one, or that of a region,
    which is there when the global control planes are not. Raises CloudError for a profile that is no account.
    """
    members = {name: id_ for name, id_ in accounts.items() if id_ != cloud.management_account}
    if profile is not None and profile not in accounts:
        raise CloudError(f"there is no account {profile!r}; there are {', '.join(sorted(accounts))}")
    region = next((name for name in cloud.endpoints if name != GLOBAL), GLOBAL_REGION)
    region = via or region
    config = state / (f"aws-config-{via}" if via else "aws-config")
    config.write_text(_profiles(region, members))
    variables = {
        "AWS_ENDPOINT_URL": cloud.endpoints[via or GLOBAL],
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(state / "aws-credentials"),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }
    (state / "aws-credentials").write_text(_credentials())
    chosen = profile if profile in members else "default"
    return {**variables, "AWS_PROFILE": chosen}


def _profiles(region: str, members: Mapping[str, str]) -> str:
    parser = configparser.RawConfigParser()
    parser["default"] = {"region": region, "output": "json", "s3": "\naddressing_style = path"}
    for name, account in sorted(members.items()):
        parser[f"profile {name}"] = {
            "role_arn": f"arn:aws:iam::{account}:role/{ROLE}",
            "source_profile": "default",
            "role_session_name": "rehearsal",
            "region": region,
            "output": "json",
            "s3": "\naddressing_style = path",
        }
    return _text(parser)


def _credentials() -> str:
    """The emulator's credentials: worth nothing anywhere else, and keeping a person's own out of the rehearsal."""
    parser = configparser.RawConfigParser()
    parser["default"] = {"aws_access_key_id": MANAGEMENT.access_key, "aws_secret_access_key": MANAGEMENT.secret_key}
    return _text(parser)


def _text(parser: configparser.RawConfigParser) -> str:
    buffer = io.StringIO()
    parser.write(buffer)
    return buffer.getvalue()
