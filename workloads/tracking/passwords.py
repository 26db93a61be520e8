"""Passwords: read from their sources, and written to files that libpq and the workers read.

The server reads them again every minute, so that a rotation needs no restart. A user's secret is a ring of passwords,
oldest first; the newest two are accepted, so that a rotation interrupts no client.
"""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from workloads.tracking.settings import TrackingError, TrackingSettings

ACCEPTED: Final = 2
"""Number of the newest passwords that are accepted."""


def read(source: str) -> Any:
    """The JSON document at a source.

    Args:
        source: the ARN of a secret, or a path.

    Raises:
        TrackingError: the source cannot be read or is not JSON; the message has no part of it.
    """
    try:
        text = _secret(source) if source.startswith("arn:") else Path(source).read_text(encoding="utf-8")
    except Exception as error:
        raise TrackingError(f"{source} cannot be read: {type(error).__name__}") from error
    try:
        return json.loads(text)
    except ValueError:
        raise TrackingError(f"{source} is not JSON") from None


def _secret(arn: str) -> str:
    import boto3  # noqa: PLC0415 - not needed on a laptop

    client: Any = boto3.client("secretsmanager")
    return str(client.get_secret_value(SecretId=arn)["SecretString"])


def ring(source: str) -> Sequence[str]:
    """The passwords of a user, oldest first.

    Raises:
        TrackingError: the source is not a ring of passwords.
    """
    document = read(source)
    try:
        passwords = [str(key["secret"]) for key in document["keys"]]
    except (KeyError, TypeError):
        passwords = []
    if not passwords:
        raise TrackingError(f'{source} has no password; allowed: {{"keys": [{{"id": …, "secret": …}}, …]}}')
    return passwords


def refresh(settings: TrackingSettings) -> None:
    """Reads all passwords and writes the files.

    Raises:
        TrackingError: a source cannot be read; files that were written before stay as they are.
    """
    rings = {user: ring(source) for user, source in settings.users.items()}
    accepted = {user: [digest(password) for password in passwords[-ACCEPTED:]] for user, passwords in rings.items()}
    if settings.database_host:
        write(settings.passfile, _passfile_line(settings, read(settings.database_secret)))
    write(settings.credentials, json.dumps(accepted))


def _passfile_line(settings: TrackingSettings, secret: Mapping[str, Any]) -> str:
    """The line of libpq's password file: host, port, database, user and password, colons and backslashes escaped."""
    try:
        password = str(secret["password"])
    except (KeyError, TypeError):
        raise TrackingError(f"{settings.database_secret} has no member password") from None
    escaped = password.replace("\\", "\\\\").replace(":", "\\:")
    return f"{settings.database_host}:5432:*:*:{escaped}\n"


def database_user(settings: TrackingSettings) -> str:
    """Name of the database user.

    Raises:
        TrackingError: the secret has none.
    """
    document = read(settings.database_secret)
    if not isinstance(document, dict) or not document.get("username"):
        raise TrackingError(f"{settings.database_secret} has no member username")
    return str(document["username"])


def session_key(settings: TrackingSettings) -> str:
    """The key that signs forms of the user interface: the same in every task, derived from the first password."""
    first = ring(settings.users[settings.administrator])[0]
    return hmac.new(first.encode(), b"mlflow-forms", hashlib.sha256).hexdigest()


def digest(password: str) -> str:
    """SHA-256 of a password. It has 64 random characters: a slow hash would protect nothing more."""
    return hashlib.sha256(password.encode()).hexdigest()


def write(file: Path, text: str) -> None:
    """Replaces a file at once, readable by this user only."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(text)
    temporary.replace(file)
