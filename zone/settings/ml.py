"""The `ml` key: clinical models, which version of each is served where, and how it comes up when a region fails."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from zone.settings import types as t
from zone.settings.sections import Strict

ModelName = Annotated[str, t.like(r"[a-z][a-z0-9-]{1,29}", "2 to 30 lower-case letters, digits and hyphens")]
Version = Annotated[str, t.like(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}", "at most 20 letters, digits, dots and hyphens")]
ImageDigest = Annotated[str, t.like(r"sha256:[0-9a-f]{64}", "sha256: and 64 hexadecimal digits, as ECR shows it")]
Sha256 = Annotated[str, t.like(r"[0-9a-f]{64}", "64 hexadecimal digits, as sha256sum prints them")]
InstanceType = Annotated[str, t.like(r"ml\.[a-z0-9]+\.[a-z0-9]+", "an instance type such as ml.m5.large")]
Standby = Literal["none", "pilot-light", "warm", "active-active"]
"""How an endpoint stands by in the recovery region: not at all, as a configuration, as one instance, as an equal."""


class Release(Strict):
    """The version that is served: pushed, uploaded and approved before it stands here."""

    version: Version
    image_digest: ImageDigest
    artifact_sha256: Sha256
    """Of `model.tar.gz`, at `<model>/<version>/` in the bucket of artifacts."""
    model_sha256: Sha256
    """Of the model inside, as training printed it."""


class Model(Strict):
    """A model behind a real-time endpoint."""

    environments: Annotated[list[t.AccountName], Field(min_length=1)]
    """Last parts of stack names: `prod` for `ml-prod`."""
    release: Release | None = None
    """None yet: the repository, the registry and the roles are there, and an image can be pushed."""
    instance_type: InstanceType = "ml.m5.large"
    instances: Annotated[int, Field(ge=2, le=100)] = 2
    """While it serves; two, so that two availability zones do."""
    capture_percent: Annotated[int, Field(ge=0, le=100)] = 10
    standby: Standby = "none"


class Recovery(Strict):
    """What a failover is measured by, and who does it."""

    rto_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    rpo_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    """S3 promises 15 (S3 User Guide, "Replication Time Control")."""
    drill_days: Annotated[int, Field(ge=1, le=365)] = 90
    operators: list[t.PrincipalArn] = Field(default_factory=list)
    """Who runs the runbooks, with MFA; whoever may break the glass, if nobody is named."""


class MachineLearning(Strict):
    """Models and their recovery."""

    models: dict[ModelName, Model] = Field(default_factory=dict)
    recovery: Recovery = Field(default_factory=Recovery)

    def served_in(self, environment: str) -> Mapping[str, Model]:
        """The models of an environment, by name."""
        return {name: model for name, model in self.models.items() if environment in model.environments}

    def standing_by(self, environment: str) -> Mapping[str, Model]:
        """Those of them that stand by in the recovery region."""
        return {name: model for name, model in self.served_in(environment).items() if model.standby != "none"}
