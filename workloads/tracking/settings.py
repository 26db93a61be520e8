"""The settings of the server, from environment variables that the task definition sets; none of them is a secret."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

PERMISSIONS: Final = ("READ", "EDIT", "MANAGE")
SOURCE: Final = re.compile(r"arn:aws:secretsmanager:\S+|/\S*")
"""Where a password is: a secret in Secrets Manager, or a file on a laptop."""


class TrackingError(Exception):
    """A setting or a secret is missing or wrong; the message names it and what is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentGrant:
    """A permission of a team on an experiment of another team."""

    team: str
    experiment: str
    permission: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingSettings:
    """The settings of one server."""

    database_host: str
    """Host of PostgreSQL; empty for the SQLite database in `folder`."""
    database: str
    database_secret: str
    """Source of the user and password of the database; empty for SQLite."""
    certificates: str
    """File with the certificate authorities of RDS."""
    artifacts: str
    """`s3://BUCKET/PREFIX`, or a folder."""
    users: Mapping[str, str]
    """User -> source of the passwords."""
    administrator: str
    grants: Sequence[ExperimentGrant]
    host: str
    """Name that clients use."""
    folder: Path
    """Folder for passwords, certificate and temporary files; only this user reads it."""

    @property
    def database_uri(self) -> str:
        """SQLAlchemy URI without password: libpq reads the password from `passfile` at every connection."""
        if not self.database_host:
            return f"sqlite:///{self.folder / 'mlflow.db'}"
        options = f"sslmode=verify-full&sslrootcert={quote(self.certificates, safe='/')}"
        return f"postgresql+psycopg2://{self.database_host}:5432/{self.database}?{options}"

    @property
    def auth_uri(self) -> str:
        """URI of the database of users and permissions: the same, or a second SQLite file."""
        return self.database_uri if self.database_host else f"sqlite:///{self.folder / 'users.db'}"

    @property
    def passfile(self) -> Path:
        """Password file of libpq."""
        return self.folder / "pgpass"

    @property
    def credentials(self) -> Path:
        """File with the hashes of the accepted passwords, which the workers read."""
        return self.folder / "credentials.json"


def load(environment: Mapping[str, str]) -> TrackingSettings:
    """Reads the settings.

    Raises:
        TrackingError: a variable is missing or wrong.
    """
    users: Mapping[str, str] = _json(environment, "TRACKING_USERS", dict)
    administrator = _text(environment, "TRACKING_ADMINISTRATOR")
    if administrator not in users:
        raise TrackingError(f"TRACKING_USERS: the administrator {administrator!r} has no password source")
    for user, source in users.items():
        if not SOURCE.fullmatch(str(source)):
            raise TrackingError(
                f"TRACKING_USERS: {user}: {source!r}; allowed: the ARN of a secret, or an absolute path of a file"
            )
    host = environment.get("TRACKING_DATABASE_HOST", "")
    return TrackingSettings(
        database_host=host,
        database=_text(environment, "TRACKING_DATABASE") if host else "",
        database_secret=_text(environment, "TRACKING_DATABASE_SECRET") if host else "",
        certificates=environment.get("TRACKING_CERTIFICATES", "/opt/rds/global-bundle.pem"),
        artifacts=_text(environment, "TRACKING_ARTIFACTS"),
        users=users,
        administrator=administrator,
        grants=_grants(environment, users),
        host=_text(environment, "TRACKING_HOST"),
        folder=Path(_text(environment, "TRACKING_FOLDER")),
    )


def _grants(environment: Mapping[str, str], users: Mapping[str, str]) -> Sequence[ExperimentGrant]:
    grants: list[ExperimentGrant] = []
    for number, entry in enumerate(_json(environment, "TRACKING_GRANTS", list, default="[]"), start=1):
        if not isinstance(entry, dict) or set(entry) != {"team", "experiment", "permission"}:
            raise TrackingError(f"TRACKING_GRANTS: entry {number} needs team, experiment and permission, and no more")
        grant = ExperimentGrant(**entry)
        if grant.team not in users or grant.permission not in PERMISSIONS or "/" not in grant.experiment:
            raise TrackingError(
                f"TRACKING_GRANTS: entry {number}: {entry}; allowed: a team of TRACKING_USERS, TEAM/NAME, and "
                f"one of {', '.join(PERMISSIONS)}"
            )
        grants.append(grant)
    return grants


def _text(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise TrackingError(f"{name} is not set; docs/tracking.md lists the variables of the server")
    return value


def _json(environment: Mapping[str, str], name: str, kind: type[Any], default: str = "") -> Any:
    text = environment.get(name, default) or _text(environment, name)
    try:
        value = json.loads(text)
    except ValueError as error:
        raise TrackingError(f"{name} is not JSON: {error}") from error
    if not isinstance(value, kind):
        raise TrackingError(f"{name} is {type(value).__name__}; allowed: a JSON {kind.__name__}")
    return value
