"""The `tracking` key of `ml`: the MLflow servers, and which team reads which experiment."""

from typing import Annotated, Literal

from pydantic import Field

from zone.settings import types as t
from zone.settings.data import TeamName
from zone.settings.sections import StrictModel

Experiment = Annotated[
    str,
    t.like(
        r"[a-z][a-z0-9-]{1,19}/[A-Za-z0-9][A-Za-z0-9._-]{0,99}",
        "a team, a slash, and a name of letters, digits and ._-",
    ),
]
CertificateAuthorityArn = Annotated[
    str,
    t.like(
        r"arn:aws:acm-pca:[a-z0-9-]+:\d{12}:certificate-authority/[0-9a-f-]{36}",
        "the ARN of a certificate authority of AWS Private CA",
    ),
]
DatabaseClass = Annotated[str, t.like(r"db\.[a-z0-9]+\.[a-z0-9]+", "an instance class of RDS such as db.m7g.large")]
TrackingImageDigest = Annotated[
    str, t.like(r"sha256:[0-9a-f]{64}", "sha256: and 64 hexadecimal digits, as ECR shows it")
]


class ExperimentGrant(StrictModel):
    """A permission of a team on an experiment of another team."""

    team: TeamName
    """Team that gets the permission."""
    experiment: Experiment
    """Experiment, `TEAM/NAME`; every team manages the experiments that begin with its own name."""
    permission: Literal["READ", "EDIT", "MANAGE"] = "READ"
    """Permission of MLflow: `READ`, `EDIT` (log runs) or `MANAGE` (delete, and grant to others)."""


class Tracking(StrictModel):
    """The MLflow servers: one per environment, with its own database."""

    environments: Annotated[list[t.AccountName], Field(min_length=1)]
    """Environments with an MLflow server; each has a stack `mlflow-<environment>`."""
    certificate_authority: CertificateAuthorityArn
    """Certificate authority, shared with the accounts of the environments through AWS RAM, that issues the certificates
    of the servers. Clients trust it by `MLFLOW_TRACKING_SERVER_CERT_PATH`."""
    image_digest: TrackingImageDigest | None = None
    """Digest of the server image (`workloads/tracking/Dockerfile`); if not set, no tasks are deployed."""
    instance_class: DatabaseClass = "db.m7g.large"
    """RDS instance class of the database, which runs in two zones."""
    storage_gigabytes: Annotated[int, Field(ge=20, le=16384)] = 100
    """Storage of the database, in gigabytes; it grows to four times as much when it fills up."""
    tasks: Annotated[int, Field(ge=2, le=20)] = 2
    """Minimum number of tasks; at least two, one per availability zone."""
    maximum_tasks: Annotated[int, Field(ge=2, le=40)] = 6
    """Maximum number of tasks that autoscaling starts."""
    grants: list[ExperimentGrant] = Field(default_factory=list)
    """Permissions of teams on experiments of other teams; there are no others."""
