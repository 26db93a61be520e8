"""The credentials that a run starts with: those of the process, or of a job that signs in with a web identity."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Self

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.provider.errors import RefusedError

NAME: Final = "web-identity.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class WebIdentity:
    """The web identity that runs of some stacks start with, as the jobs of a pipeline do on AWS."""

    role_arn: str
    """ARN of the role that the job assumes with its token."""
    token: str
    """JSON Web Token."""
    session_name: str
    stacks: Sequence[str]
    """Names of the stacks; runs of all other stacks start with the credentials of the management account."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Reads a file that `write` wrote."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))

    def write(self, path: Path) -> None:
        """Writes a file that only its owner can read."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    def credentials(self, urn: str, region: str, endpoints: Endpoints) -> Credentials | None:
        """The credentials that the run of a stack starts with.

        Args:
            urn: URN of the provider resource, which names the stack.
            region: region of the provider.
            endpoints: the emulated AWS.

        Returns:
            None for those of the management account.

        Raises:
            RefusedError: the role does not exist, or does not trust the token.
        """
        if _stack(urn) not in self.stacks:
            return None
        try:
            session = endpoints.client("sts", region).assume_role_with_web_identity(
                RoleArn=self.role_arn, RoleSessionName=self.session_name, WebIdentityToken=self.token
            )["Credentials"]
        except (ClientError, BotoCoreError) as error:
            hint = " The stack baseline-management creates this role: deploy it first."
            raise RefusedError(
                f"The pipeline cannot assume the role {self.role_arn} with its web identity: {error}."
                f"{hint if isinstance(error, ClientError) else ''}"
            ) from error
        return Credentials.of(session)


def unsigned_token(claims: Mapping[str, Any]) -> str:
    """A JSON Web Token without a signature; the emulated AWS verifies none."""
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join([*(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), ""])


def _stack(urn: str) -> str:
    """The stack in `urn:pulumi:STACK::PROJECT::TYPE::NAME`; empty for another text."""
    return urn.removeprefix("urn:pulumi:").partition("::")[0] if urn.startswith("urn:pulumi:") else ""
