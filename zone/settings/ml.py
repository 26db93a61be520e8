"""The `ml` key: clinical models, which version of each is served where, and how it comes up when a region fails."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from zone.settings import types as t
from zone.settings.data import DataSetName, TeamName
from zone.settings.sections import StrictModel
from zone.settings.studio import Studio
from zone.settings.tracking import Tracking

ModelName = Annotated[str, t.like(r"[a-z][a-z0-9-]{1,29}", "2 to 30 lower-case letters, digits and hyphens")]
Version = Annotated[str, t.like(r"[0-9A-Za-z][0-9A-Za-z.-]{0,19}", "at most 20 letters, digits, dots and hyphens")]
ImageDigest = Annotated[str, t.like(r"sha256:[0-9a-f]{64}", "sha256: and 64 hexadecimal digits, as ECR shows it")]
Sha256 = Annotated[str, t.like(r"[0-9a-f]{64}", "64 hexadecimal digits, as sha256sum prints them")]
PersonArn = Annotated[
    str,
    t.like(
        r"arn:aws:iam::\d{12}:(user/[\w+=,.@/-]+|role/aws-reserved/sso\.amazonaws\.com/[\w+=,.@/-]+)",
        "the ARN of an IAM user, or of a role of IAM Identity Center "
        "(role/aws-reserved/sso.amazonaws.com/…), without wildcards",
    ),
]
"""A person: each session of it carries the person's name."""
SigningProfileArn = Annotated[
    str,
    t.like(
        r"arn:aws:signer:[a-z0-9-]+:\d{12}:/signing-profiles/\w{2,64}",
        "the ARN of a signing profile of AWS Signer, without a version",
    ),
]
CallerName = Annotated[
    str, t.like(r"(?!others$)[a-z0-9-]{1,40}", "1 to 40 lower-case letters, digits and hyphens, except others")
]
Standby = Literal["none", "pilot-light", "warm", "active-active"]
"""Standby of an endpoint in the recovery region: none, configuration only, one instance, or active."""


class Release(StrictModel):
    """The version of a model that an endpoint serves. Its image and artifact are uploaded before it is set here."""

    version: Version
    """Version of the model."""
    image_digest: ImageDigest
    """Digest of the serving image, `sha256:` and 64 hexadecimal digits."""
    artifact_sha256: Sha256
    """SHA-256 of `model.tar.gz`, at `<model>/<version>/` in the artifacts bucket."""
    model_sha256: Sha256
    """SHA-256 of the model file inside the artifact, as training prints it."""


Engine = Literal["pandas", "spark"]
"""Engine of a pipeline."""
SPARK_INSTANCES: Final = 2
"""Instances of a job on Spark for which no other number is configured."""
MacieIdentifier = Annotated[
    str, t.like(r"[A-Z][A-Z0-9_]{2,79}", "the id of a managed data identifier such as USA_SOCIAL_SECURITY_NUMBER")
]
MACIE_IDENTIFIERS: Final[Sequence[str]] = (
    "ADDRESS",
    "DATE_OF_BIRTH",
    "NAME",
    "PHONE_NUMBER",
    "USA_MEDICARE_BENEFICIARY_IDENTIFIER",
    "USA_NATIONAL_PROVIDER_IDENTIFIER",
    "USA_SOCIAL_SECURITY_NUMBER",
    "US_DRUG_ENFORCEMENT_AGENCY_NUMBER",
)
"""Managed data identifiers of Macie for identifiers under 45 CFR 164.514(b)(2)(i) (Macie User Guide, "Managed data
identifiers for PHI" and "Managed data identifiers for PII")."""


class Pipeline(StrictModel):
    """The retraining of a model: its definition, its data, and how its jobs run."""

    definition: Annotated[str, t.like(r"[a-z][a-z0-9_]{1,39}", "lower-case letters, digits and underscores")]
    """Name of the definition in `workloads/pipeline/definitions.py`."""
    team: TeamName
    """Team that owns the model; its prefixes store the outputs of the steps."""
    data_set: DataSetName
    """Data set of the team in the bucket `raw-phi` that the pipeline de-identifies and trains on."""
    environment: t.AccountName
    """Environment that trains the model, from `environments`. It holds patient data, and is not production, where
    control M2 denies jobs access to the network."""
    image_digest: ImageDigest | None = None
    """Digest of the pipeline image; if not set, the repository is deployed without a state machine. With `engine:
    spark`, an image built from `workloads/pipeline/Dockerfile.spark`."""
    serving_image_digest: ImageDigest | None = None
    """Digest of the image that serves the registered versions; if not set, the image of the release in `environment`.
    Versions without a serving image cannot be promoted."""
    schedule: Annotated[str, t.like(r"cron\([^()]{9,60}\)", "cron(minute hour day month weekday year)")] = (
        "cron(0 5 ? * SUN *)"
    )
    """Schedule of the runs, an AWS `cron(…)` expression in UTC; at least weekly."""
    instance_type: t.InstanceType = "ml.m5.xlarge"
    """SageMaker instance type of the processing jobs and the training job."""
    volume_gigabytes: Annotated[int, Field(ge=10, le=1000)] = 30
    """Size of the encrypted volume of each job, in gigabytes."""
    step_minutes: Annotated[int, Field(ge=5, le=1440)] = 60
    """Maximum run time of each step, in minutes."""
    spot: bool = False
    """Whether training runs on spot instances."""
    engine: Engine = "pandas"
    """Engine of the steps that read every row: `pandas` on one instance, or `spark` for data that outgrows one, where
    validate, scan and features run on Apache Spark."""
    spark_instances: Annotated[int, Field(ge=1, le=100)] | None = None
    """Number of instances of each job that runs on Spark; if not set, 2. Only with `engine: spark`."""
    macie_identifiers: list[MacieIdentifier] = Field(default_factory=lambda: list(MACIE_IDENTIFIERS))
    """Managed data identifiers that an Amazon Macie job looks for in the selected data version; a finding stops the
    run. The stack `security` enables Macie. With an empty list, the run does without Macie."""
    holdout_version: Version = "1"
    """Salt of the holdout; the same patients stay in the holdout until it changes."""
    commit: Annotated[str, t.like(r"[0-9a-f]{7,40}|unknown", "7 to 40 hexadecimal digits of a Git commit")] = "unknown"
    """Git commit that the image was built from, for the lineage of the model packages."""
    author: Annotated[str, t.like(r"[A-Za-z0-9._@+-]{2,64}", "2 to 64 letters, digits and ._@+-")] = "unknown"
    """Person who is responsible for the program, by the name of their IAM user or Identity Center user. This person may
    not approve the versions that the pipeline registers; versions of an `unknown` author cannot be approved."""
    tracking_uri: Annotated[str, t.like(r"(https://[A-Za-z0-9./:_-]{1,200})?", "an https:// URL, or empty")] = ""
    """URL of the MLflow server; if empty, the run is recorded without a server."""


class Monitoring(StrictModel):
    """The monitor of a model: a daily job in each environment that serves a release of it."""

    definition: Annotated[str, t.like(r"[a-z][a-z0-9_]{1,39}", "lower-case letters, digits and underscores")]
    """Name of the definition in `workloads/pipeline/definitions.py`."""
    image_digest: ImageDigest | None = None
    """Digest of the monitoring image; if not set, the repository is deployed without a state machine."""
    schedule: Annotated[str, t.like(r"cron\([^()]{9,60}\)", "cron(minute hour day month weekday year)")] = (
        "cron(15 0 * * ? *)"
    )
    """Schedule of the runs, an AWS `cron(…)` expression in UTC; each run judges the day before. Drift, performance and
    fairness are judged on Mondays."""
    instance_type: t.InstanceType = "ml.m5.large"
    """SageMaker instance type of the job."""
    minutes: Annotated[int, Field(ge=5, le=1440)] = 60
    """Maximum run time of the job, in minutes."""
    cool_down_days: Annotated[int, Field(ge=7, le=90)] = 14
    """Days after a start of the retraining in which the monitor starts no other."""


class Guard(StrictModel):
    """The guard of the inputs of an endpoint."""

    outliers: Literal["flag", "refuse"] = "flag"
    """Response to a row out of the distribution of the training data: `flag` answers with `out_of_distribution` beside
    the prediction, `refuse` answers with status 422."""
    digits: Annotated[int, Field(ge=1, le=6)] = 6
    """Decimal places of a prediction; fewer make extraction of the model more costly."""
    rows_per_minute: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """Rows per caller and minute that one instance scores; if not set, there is no limit."""
    callers: Annotated[list[CallerName], Field(max_length=24)] = Field(default_factory=list)
    """Callers with a limit of their own, named as `caller=NAME` in the custom attributes of a request; all others share
    one limit."""


class Shadow(StrictModel):
    """A challenger that receives a copy of the requests of an endpoint, and whose responses no caller receives."""

    environment: t.AccountName
    """Environment whose endpoint has the shadow variant, from `environments`."""
    release: Release
    """The challenger. It is registered and promoted as any version; only its release is not served."""
    percent: Annotated[int, Field(ge=1, le=100)] = 100
    """Percentage of the requests that the challenger receives."""
    instances: Annotated[int, Field(ge=1, le=100)] = 1
    """Number of instances of the challenger; no caller waits for it, so one is enough."""


class Model(StrictModel):
    """A model with a real-time endpoint."""

    environments: Annotated[list[t.AccountName], Field(min_length=1)]
    """Environments that serve the model, the last part of stack names: `prod` for `ml-prod`."""
    release: Release | None = None
    """Version that is served; if not set, the repository, registry and roles are deployed without an endpoint."""
    releases: dict[t.AccountName, Release] = Field(default_factory=dict)
    """Environment -> version that is served there, instead of `release`; `zone model promote` and `rollback` write it.
    """
    instance_type: t.InstanceType = "ml.m5.large"
    """SageMaker instance type of the endpoint."""
    instances: Annotated[int, Field(ge=2, le=100)] = 2
    """Minimum number of instances of the endpoint; at least two, one per availability zone. The maximum is four times
    as many."""
    release_instances: Annotated[int, Field(ge=2, le=400)] | None = None
    """Number of instances that each release of the endpoint starts with, from `instances` to four times as many. A
    deployment resets an endpoint that has scaled out to this number. If not set, the maximum of autoscaling, which
    removes the instances that the traffic does not need."""
    capture_percent: Annotated[int, Field(ge=0, le=100)] = 10
    """Percentage of requests that data capture records."""
    guard: Guard = Field(default_factory=Guard)
    """Guard of the inputs."""
    standby: Standby = "none"
    """Standby mode in the recovery region."""
    pipeline: Pipeline | None = None
    """Retraining of the model; if not set, the model is not retrained."""
    monitoring: Monitoring | None = None
    """Monitor of the model; if not set, captured data is stored and not compared."""
    shadow: Shadow | None = None
    """Challenger that is served without answering; `zone model compare` reports how it differs."""


class Recovery(StrictModel):
    """Recovery objectives of the endpoints, and the operators of the runbooks."""

    rto_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    """Recovery time objective, in minutes."""
    rpo_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    """Recovery point objective, in minutes; S3 replicates within 15 minutes (S3 User Guide, "Replication Time
    Control")."""
    drill_days: Annotated[int, Field(ge=1, le=365)] = 90
    """Maximum number of days between two failover drills."""
    operators: list[t.PrincipalArn] = Field(default_factory=list)
    """ARNs of the users and roles that may run the runbooks, with MFA; `break_glass.principals` if empty."""
    approvers: list[PersonArn] = Field(default_factory=list)
    """ARNs of the users and IAM Identity Center roles that approve operations in production which others carry out;
    none of them is an operator. If empty, an operator confirms twice."""


class ImageSigning(StrictModel):
    """Signatures of the serving images, which promotions and rollbacks require."""

    profiles: Annotated[list[SigningProfileArn], Field(min_length=1)]
    """ARNs of the AWS Signer profiles whose signatures are trusted, without a version."""
    root_certificate: Annotated[str, t.like(r"[\w][\w./-]{0,199}", "the path of a PEM file in the project")] = (
        "aws-signer-notation-root.pem"
    )
    """Path of AWS Signer's root certificate, from the folder of Pulumi.yaml; the rehearsal has a root of its own."""


class MachineLearning(StrictModel):
    """Models, and the recovery of their endpoints."""

    models: dict[ModelName, Model] = Field(default_factory=dict)
    """Model name -> model."""
    recovery: Recovery = Field(default_factory=Recovery)
    """Recovery objectives and operators."""
    approvers: list[PersonArn] = Field(default_factory=list)
    """ARNs of the users and IAM Identity Center roles that may approve and reject versions, never their own; if empty,
    there is no role that approves."""
    promoters: list[PersonArn] = Field(default_factory=list)
    """ARNs of the users and IAM Identity Center roles that may copy approved versions between environments; if empty,
    there is no role that promotes."""
    image_signing: ImageSigning | None = None
    """Signatures of the serving images; if not set, promotions compare digests only."""
    tracking: Tracking | None = None
    """MLflow servers; if not set, there are none."""
    studio: Studio | None = None
    """Studio domains; if not set, there are none but those of sandboxes."""

    def tracked_in(self, environment: str) -> Tracking | None:
        """The settings of the MLflow server of an environment, or None."""
        return self.tracking if self.tracking is not None and environment in self.tracking.environments else None

    def studio_in(self, environment: str) -> Studio | None:
        """The settings of the Studio domain of an environment, or None."""
        return self.studio if self.studio is not None and environment in self.studio.environments else None

    def studio_members(self, team: str) -> Sequence[str]:
        """User names of the people of a team who use Studio."""
        return [] if self.studio is None else self.studio.members.get(team, [])

    def served_in(self, environment: str) -> Mapping[str, Model]:
        """The models of an environment, by name, each with the release of the environment."""
        return {
            name: model.model_copy(update={"release": model.releases.get(environment, model.release)})
            for name, model in self.models.items()
            if environment in model.environments
        }

    def retrained_in(self, environment: str) -> Mapping[str, Pipeline]:
        """The pipelines that run in an environment, by the name of their model."""
        return {
            name: model.pipeline
            for name, model in self.models.items()
            if model.pipeline is not None and model.pipeline.environment == environment
        }

    def monitored_in(self, environment: str) -> Mapping[str, Model]:
        """The models of an environment that have a monitor, by name."""
        return {name: model for name, model in self.served_in(environment).items() if model.monitoring is not None}

    def standing_by(self, environment: str) -> Mapping[str, Model]:
        """Those of them that stand by in the recovery region."""
        return {name: model for name, model in self.served_in(environment).items() if model.standby != "none"}
