"""Creates what Pulumi needs before the first stack: a bucket for the state, and keys for state and secrets."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from botocore.exceptions import ClientError

from inspection.aws import Aws, pages
from operations.errors import OperationError
from operations.identity import aws_errors
from operations.state_bucket import StateBackend

Change = Literal["none", "create", "update"]
MISSING: Final = frozenset(
    {
        "404",
        "NoSuchBucket",
        "NoSuchBucketPolicy",
        "NoSuchLifecycleConfiguration",
        "NoSuchPublicAccessBlockConfiguration",
        "NotFoundException",
        "OwnershipControlsNotFoundError",
        "ServerSideEncryptionConfigurationNotFoundError",
    }
)
"""Error codes of a bucket, a key or a setting that does not exist."""
FORBIDDEN: Final = frozenset({"403", "AccessDenied", "AccessDeniedException"})
NO_PUBLIC_ACCESS: Final = {
    "BlockPublicAcls": True,
    "BlockPublicPolicy": True,
    "IgnorePublicAcls": True,
    "RestrictPublicBuckets": True,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A part of the backend, and what is to be done with it."""

    name: str
    change: Change
    value: str
    """What it is set to."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part of the backend: how it is read and how it is set."""

    name: str
    value: str
    read: Callable[[], Any]
    """Current value; raises ClientError with a code of `MISSING` if there is none."""
    expected: Callable[[], Any]
    """Value that `read` gives when nothing is to be done; raises as `read` does if it refers to what does not exist."""
    write: Callable[[], Any]


class Bootstrap:
    """The backend in one account.

    Args:
        aws: access to the management account.
        backend: names and policies.
    """

    def __init__(self, aws: Aws, backend: StateBackend) -> None:
        self._backend = backend
        self._kms = aws.client("kms", region=backend.region)
        self._s3 = aws.client("s3", region=backend.region)

    def plan(self) -> list[Step]:
        """What is to be done, in order; changes nothing.

        Raises:
            OperationError: AWS cannot be read, or the bucket belongs to another account.
        """
        with aws_errors():
            return [self._step(part) for part in self._parts()]

    def execute(self, tell: Callable[[Step], None]) -> list[Step]:
        """Does what is to be done, and nothing that is done already: safe to repeat.

        Args:
            tell: receives each step after it is done.

        Raises:
            OperationError: AWS refused a request; the message names the part, and a repeated run continues there.
        """
        steps: list[Step] = []
        with aws_errors():
            for part in self._parts():
                step = self._step(part)
                if step.change != "none":
                    try:
                        part.write()
                    except ClientError as error:
                        raise OperationError(
                            f"{part.name}: {error}. Done before: {', '.join(each.name for each in steps) or 'nothing'}."
                            " Repeat the command after the cause is removed; it continues there."
                        ) from error
                steps.append(step)
                tell(step)
        return steps

    def _step(self, part: Part) -> Step:
        try:
            change: Change = "none" if part.read() == part.expected() else "update"
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in FORBIDDEN and part.name == "bucket":
                raise OperationError(
                    f"The bucket {self._backend.bucket} exists and cannot be used: it belongs to another account, or "
                    "you lack the right to read it. Change name_prefix in Pulumi.yaml, or grant s3:ListBucket."
                ) from error
            if code not in MISSING:
                raise
            return Step(name=part.name, change="create", value=part.value)
        return Step(name=part.name, change=change, value=part.value)

    def _parts(self) -> Sequence[Part]:
        backend = self._backend
        return [
            *self._key("state key", backend.state_alias, "Pulumi: state", through_s3=True),
            *self._key("secrets key", backend.secrets_alias, "Pulumi: secrets", through_s3=False),
            *self._bucket_parts(),
        ]

    def _key(self, name: str, alias: str, description: str, *, through_s3: bool) -> Sequence[Part]:
        policy = self._backend.key_policy(through_s3=through_s3)
        document = json.dumps(policy)

        def create() -> None:
            key = self._kms.create_key(Description=description, Policy=document)["KeyMetadata"]["KeyId"]
            self._kms.enable_key_rotation(KeyId=key)
            self._kms.create_alias(AliasName=alias, TargetKeyId=key)

        def state() -> str:
            return str(self._kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyState"])

        return [
            Part(
                name=name,
                value=alias,
                read=state,
                expected=lambda: "Enabled",
                write=lambda: self._revive(alias, create),
            ),
            Part(
                name=f"{name}: rotation",
                value="every year",
                read=lambda: self._kms.get_key_rotation_status(KeyId=self._id(alias))["KeyRotationEnabled"],
                expected=lambda: True,
                write=lambda: self._kms.enable_key_rotation(KeyId=self._id(alias)),
            ),
            Part(
                name=f"{name}: policy",
                value="administered by this account without the pipeline's roles"
                + (", used through S3 only" if through_s3 else ""),
                read=lambda: json.loads(
                    self._kms.get_key_policy(KeyId=self._id(alias), PolicyName="default")["Policy"]
                ),
                expected=lambda: policy,
                write=lambda: self._kms.put_key_policy(KeyId=self._id(alias), PolicyName="default", Policy=document),
            ),
        ]

    def _revive(self, alias: str, create: Callable[[], None]) -> None:
        """Creates the key of an alias; a key that exists must be enabled by a person, who knows why it is not."""
        for entry in pages(self._kms, "list_aliases", "Aliases"):
            if entry["AliasName"] == alias:
                state = self._kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyState"]
                raise OperationError(
                    f"The key {alias} is {state}. State cannot be read without it: cancel its deletion "
                    f"(`aws kms cancel-key-deletion`), enable it (`aws kms enable-key`), and repeat the command."
                )
        create()

    def _id(self, alias: str) -> str:
        """Id of the key of an alias: some requests do not take aliases."""
        return str(self._kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"])

    def _policy(self, alias: str) -> Any:
        return json.loads(self._kms.get_key_policy(KeyId=self._id(alias), PolicyName="default")["Policy"])

    def _arn(self) -> str:
        return str(self._kms.describe_key(KeyId=self._backend.state_alias)["KeyMetadata"]["Arn"])

    def _bucket_parts(self) -> Sequence[Part]:
        backend, s3 = self._backend, self._s3
        owner = {"Bucket": backend.bucket, "ExpectedBucketOwner": backend.account}
        return [
            Part(
                name="bucket",
                value=backend.bucket,
                read=lambda: s3.head_bucket(**owner) and "exists",
                expected=lambda: "exists",
                write=self._create_bucket,
            ),
            Part(
                name="bucket: public access",
                value="blocked",
                read=lambda: s3.get_public_access_block(**owner)["PublicAccessBlockConfiguration"],
                expected=lambda: NO_PUBLIC_ACCESS,
                write=lambda: s3.put_public_access_block(**owner, PublicAccessBlockConfiguration=NO_PUBLIC_ACCESS),
            ),
            Part(
                name="bucket: versioning",
                value="enabled",
                read=lambda: s3.get_bucket_versioning(**owner).get("Status", ""),
                expected=lambda: "Enabled",
                write=lambda: s3.put_bucket_versioning(**owner, VersioningConfiguration={"Status": "Enabled"}),
            ),
            Part(
                name="bucket: encryption",
                value=f"with {backend.state_alias}",
                read=lambda: _encryption(s3.get_bucket_encryption(**owner)),
                expected=lambda: ("aws:kms", self._arn()),
                write=lambda: s3.put_bucket_encryption(
                    **owner, ServerSideEncryptionConfiguration={"Rules": [_rule(self._arn())]}
                ),
            ),
            Part(
                name="bucket: policy",
                value="TLS 1.2, this account only, versions cannot be deleted",
                read=lambda: json.loads(s3.get_bucket_policy(**owner)["Policy"]),
                expected=lambda: backend.bucket_policy,
                write=lambda: s3.put_bucket_policy(**owner, Policy=json.dumps(backend.bucket_policy)),
            ),
            Part(
                name="bucket: lifecycle",
                value="earlier versions expire after a year",
                read=lambda: _by_id(s3.get_bucket_lifecycle_configuration(**owner)["Rules"]),
                expected=lambda: _by_id(backend.lifecycle),
                write=lambda: s3.put_bucket_lifecycle_configuration(
                    **owner, LifecycleConfiguration={"Rules": list(backend.lifecycle)}
                ),
            ),
        ]

    def _create_bucket(self) -> None:
        backend = self._backend
        # us-east-1 is the region of a bucket without a location constraint (S3 API Reference, "CreateBucket").
        elsewhere = {"CreateBucketConfiguration": {"LocationConstraint": backend.region}}
        try:
            self._s3.create_bucket(Bucket=backend.bucket, **(elsewhere if backend.region != "us-east-1" else {}))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "BucketAlreadyOwnedByYou":
                raise


def _rule(key_arn: str) -> Mapping[str, Any]:
    return {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn},
        "BucketKeyEnabled": True,
    }


def _encryption(answer: Mapping[str, Any]) -> tuple[str, str]:
    default = answer["ServerSideEncryptionConfiguration"]["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    return default["SSEAlgorithm"], default.get("KMSMasterKeyID", "")


def _by_id(rules: Sequence[Mapping[str, Any]]) -> Mapping[str, Mapping[str, Any]]:
    """Lifecycle rules by id: S3 does not keep their order."""
    return {str(rule["ID"]): rule for rule in rules}
