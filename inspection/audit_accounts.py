"""Each account's baseline as deployed: public access blocked, disks encrypted, roles there, recorder running."""

from collections.abc import Iterator

from botocore.exceptions import ClientError

from inspection.aws import Aws, pages
from inspection.declared import DeclaredZone
from inspection.observation import Observation, compared, missing


def public_access(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """The account-wide public access block of S3 is on in every account with a baseline."""
    for name, account in _baselines(zone, aws):
        try:
            answer = aws.client("s3control", account=account).get_public_access_block(AccountId=account)
            closed = all(answer["PublicAccessBlockConfiguration"].values())
        except ClientError:
            closed = False
        yield compared("public access", name, "blocked", "blocked" if closed else "not blocked")


def encryption_default(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """New EBS volumes are encrypted, in every account and region."""
    for name, account in _baselines(zone, aws):
        for region in zone.regions:
            client = aws.client("ec2", account=account, region=region)
            on = client.get_ebs_encryption_by_default()["EbsEncryptionByDefault"]
            yield compared("encryption default", f"{name} {region}", True, on)


def roles(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """The zone's roles are there; no IAM user is."""
    for name, account in _baselines(zone, aws):
        client = aws.client("iam", account=account)
        existing_roles = {role["RoleName"] for role in pages(client, "list_roles", "Roles")}
        for role in zone.roles[name]:
            yield compared("roles", f"{name} {role}", "there", "there" if role in existing_roles else "missing")
        users = [user["UserName"] for user in pages(client, "list_users", "Users")]
        yield compared("roles", f"{name} IAM users", [], users)


def recorders(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """AWS Config is recording in every account and region."""
    for name, account in _baselines(zone, aws):
        for region in zone.regions:
            client = aws.client("config", account=account, region=region)
            states = client.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
            if not states:
                yield missing("recorders", f"{name} {region}", "a Config recorder")
            for state in states:
                yield compared("recorders", f"{name} {region}", True, bool(state.get("recording")))


def _baselines(zone: DeclaredZone, aws: Aws) -> Iterator[tuple[str, str]]:
    ids = {
        str(account["Name"]): str(account["Id"])
        for account in pages(aws.client("organizations"), "list_accounts", "Accounts")
    }
    for name in zone.roles:
        if name in ids:
            yield name, ids[name]
