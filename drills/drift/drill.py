"""The phases of the drift drill: usual traffic, drift and its alarm, retraining, approval, promotion, recovery."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from drills.drift import project as projects
from drills.drift.population import patients, write_extract
from drills.drift.project import APPROVER, AUTHOR, ENVIRONMENT, MODEL, STACKS, Project
from drills.drift.staging import IMAGE_DIGEST, MONITOR, REPOSITORY, RETRAINING, Staging
from drills.errors import DrillError
from drills.project_copy import ROOT
from rehearsal.cloud import Cloud, Image, host

PER_DAY: Final = 60
"""Requests per day."""
ENCOUNTERS: Final = 8000
"""Encounters of an extract."""
FIRST: Final = date(2026, 3, 1)
"""First day with traffic, a Sunday; the days before a Monday are judged on it."""
MONDAYS: Final = (date(2026, 3, 9), date(2026, 3, 16), date(2026, 3, 23))
SERVER: Final = (sys.executable, "-m", "workloads.serving")
"""Command of the serving image."""
PYTHON: Final = ROOT / ".venv-workloads" / "bin" / "python"
_FIGURES: Final = (
    *("Records", "LabelledRecords", "QualityViolations", "DriftViolations", "PerformanceViolations"),
    *("LargestFeatureDrift", "JointDrift", "PredictionDrift", "EstimatedAurocDrop", "PerformanceDrop"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Week:
    """What the monitor found on a Monday."""

    title: str
    monday: str
    version: str
    """Version that answered the requests of the week."""
    run: str
    """Name of the execution of the monitor."""
    retrain: bool
    figures: Mapping[str, float]
    """Metric -> value, of CloudWatch's metrics."""
    alarms: Mapping[str, str]
    """Alarm -> state after the run."""
    summary: str


@dataclass(kw_only=True, slots=True)
class Drift:
    """The results of the drill."""

    weeks: list[Week] = field(default_factory=list[Week])
    retrainings: list[str] = field(default_factory=list[str])
    """Executions of the retraining that the monitor started."""
    author_refusal: str = ""
    """Answer to the author, who tried to approve."""
    approved_by: str = ""
    versions: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """The registered versions: number, status, author, AUROC, model file, baseline."""
    served: list[str] = field(default_factory=list[str])
    """SHA-256 of the model file that was served in each week."""
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    """Part of the drill -> its duration."""

    def observed_auroc(self, week: Week) -> float | None:
        """AUROC of the predictions whose outcome is known: that of the version on its holdout, minus the fall."""
        expected = {version["version"]: float(version["auroc"]) for version in self.versions}
        fall = week.figures.get("PerformanceDrop")
        return None if fall is None else expected[week.version] - fall

    @property
    def complete(self) -> bool:
        """Whether drift was detected, corrected once by another person's approval, and the metrics recovered."""
        usual, drifted, recovered = self.weeks
        return (
            not usual.retrain
            and drifted.retrain
            and drifted.alarms["DriftViolations"] == "ALARM"
            and len(self.retrainings) == 1
            and self.approved_by != self.versions[-1]["author"]
            and recovered.version == self.versions[-1]["version"] != drifted.version
            and not recovered.retrain
            and (self.observed_auroc(recovered) or 0) > (self.observed_auroc(drifted) or 1)
            and set(recovered.alarms.values()) <= {"OK", "INSUFFICIENT_DATA"}
        )

    def document(self) -> dict[str, Any]:
        """The drill as a JSON document."""
        observed = [self.observed_auroc(week) for week in self.weeks]
        return {"complete": self.complete, "observed_auroc": observed, **asdict(self)}


def run_drill(folder: Path, message: Callable[[str], None]) -> tuple[Project, Drift]:
    """Runs the drill from nothing.

    Args:
        folder: of the copy of the project, the synthetic data and the results.
        message: receives messages about the progress.

    Raises:
        DrillError: a step failed.
    """
    drill = _Drill(folder, message)
    try:
        return drill.run()
    except BaseException:
        drill.stop()
        raise


class _Drill:
    def __init__(self, folder: Path, message: Callable[[str], None]) -> None:
        self.folder, self.message = folder, message
        self.drift = Drift()
        self.started = time.monotonic()
        self.project = Project(root=folder / "zone")
        self.captured = 0

    def stop(self) -> None:
        if (self.project.root / "Pulumi.yaml").exists():
            self.project.zone("cloud", "stop", allowed=(0, 1, 2))

    def run(self) -> tuple[Project, Drift]:
        self._part("synthetic data and a names model", self._prepare)
        self._part(f"deploying {len(STACKS)} stacks of staging", self._deploy)
        self._part("training and serving version 1", self._first_version)
        self._part("a week of usual traffic", lambda: self._week("usual patients", FIRST, 0, changed=False))
        self._part(
            "a week with another hospital's patients",
            lambda: self._week("patients of another hospital", MONDAYS[0], 1, changed=True),
        )
        self._part("the retraining that the monitor started", self._retraining)
        self._part("approval, promotion and deployment of version 2", self._second_version)
        self._part(
            "a week of the same patients with version 2",
            lambda: self._week("the same patients, version 2", MONDAYS[1], 2, changed=True),
        )
        self.drift.retrainings = [str(entry["name"]) for entry in self.staging.retrainings()]
        return self.project, self.drift

    def _part(self, title: str, work: Callable[[], None]) -> None:
        self.message(f"{title} …")
        begin = time.monotonic()
        work()
        self.drift.seconds[title] = round(time.monotonic() - begin, 1)
        self.message(f"  done after {self.drift.seconds[title]:.0f} s")

    def _prepare(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        workloads("workloads.pipeline.steps.names_model", str(self.folder / "names_model"))
        for name, seed, changed in (("usual", 101, False), ("changed", 202, True)):
            write_extract(self.folder / f"{name}.csv", ENCOUNTERS, seed, changed=changed)

    def _deploy(self) -> None:
        self.project = projects.copy(self.folder / "zone", IMAGE_DIGEST)
        self.project.up(*STACKS, message=self.message)
        cloud = Cloud.attach(self.project.root / ".rehearsal")
        if cloud is None:
            raise DrillError("The emulated AWS is not running.")
        host(cloud, Image(repository=REPOSITORY, command=[*SERVER]))
        self.staging = Staging.of(self.project)
        self.staging.push_image()

    def _first_version(self) -> None:
        self.staging.upload(self.folder / "usual.csv", self.folder / "names_model")
        self.project.zone("pipeline", "run", MODEL)
        self._release("1")

    def _release(self, version: str) -> None:
        """Approves a version as somebody else than its author, promotes it and deploys it."""
        self.project.zone("model", "approve", MODEL, version, "--in", ENVIRONMENT, "--as", APPROVER)
        self.message(f"  version {version} is approved by {APPROVER}")
        self.project.zone("model", "promote", MODEL, "--to", ENVIRONMENT)
        self.message(f"  version {version} is promoted, with its baseline")
        self.project.up(f"ml-{ENVIRONMENT}", message=self.message)
        served = self.staging.served_model()
        if served != self.project.release()["model_sha256"]:
            raise DrillError(f"The endpoint serves {served}, not the promoted version {version}.")

    def _week(self, title: str, first: date, number: int, *, changed: bool) -> None:
        monday = MONDAYS[number]
        for at in range((monday - first).days):
            day = first + timedelta(days=at)
            drawn = patients(PER_DAY, 1000 * (number + 1) + at, changed=changed)
            self.staging.add_outcomes(day, self.staging.send(day, drawn))
            self.captured += PER_DAY
        self.staging.await_captures(self.captured)
        self.message(f"  {self.captured} requests are captured, with their outcomes")
        if changed and number == 1:
            # The extract of the week is there before the monitor decides.
            self.staging.upload(self.folder / "changed.csv", self.folder / "names_model")
        run = f"monday-{monday}"
        self._monitor(run, monday)
        self._judged(title, monday, run)

    def _monitor(self, run: str, monday: date) -> None:
        self.staging.execute(MONITOR, run, {"time": f"{monday}T00:15:00Z"})

    def _judged(self, title: str, monday: date, run: str) -> None:
        decision = json.loads(self.staging.result(run, "decision.json"))
        figures = {metric["MetricName"]: float(metric["Value"]) for metric in decision["metrics"]}
        week = Week(
            title=title,
            monday=monday.isoformat(),
            version=self.project.release()["version"],
            run=run,
            retrain=bool(decision["retrain"]),
            figures={name: figures[name] for name in _FIGURES if name in figures},
            alarms=self.staging.alarms(),
            summary=str(decision["summary"]),
        )
        self.drift.weeks.append(week)
        self.drift.served.append(self.staging.served_model())
        raised = sorted(name for name, state in week.alarms.items() if state == "ALARM")
        self.message(f"  monitor: {int(figures['Violations'])} violations; alarms: {', '.join(raised) or 'none'}")
        results = self.folder / "results" / run
        results.mkdir(parents=True, exist_ok=True)
        for name in ("report.html", "evidently.html"):
            (results / name).write_bytes(self.staging.result(run, name))

    def _retraining(self) -> None:
        started = self.staging.retrainings()
        if len(started) != 1:
            raise DrillError(f"The monitor started {len(started)} runs of {RETRAINING}; expected is one.")
        self._monitor("monday-again", MONDAYS[1])
        self.message("  a second run of the monitor starts no other retraining")
        self.staging.ended(str(started[0]["executionArn"]))

    def _second_version(self) -> None:
        packages = self.staging.packages()
        if len(packages) != 2:  # noqa: PLR2004 - the first version and the new one
            raise DrillError(f"{len(packages)} versions are registered; expected are two: see `zone pipeline logs`.")
        answer = self.project.zone("model", "approve", MODEL, "2", "--in", ENVIRONMENT, "--as", AUTHOR, allowed=(3,))
        self.drift.author_refusal = " ".join(answer.stderr.split())
        self.message("  the author may not approve: denied by IAM")
        self._release("2")
        self.drift.approved_by = APPROVER
        self.drift.versions = [
            {
                "version": package["ModelPackageArn"].rpartition("/")[2],
                "status": package["ModelApprovalStatus"],
                "author": properties["Author"],
                "auroc": float(properties["Metric.auroc"]),
                "model_sha256": properties["ModelSha256"],
                "baseline_sha256": properties["BaselineSha256"],
            }
            for package in self.staging.packages()
            if (properties := package["CustomerMetadataProperties"])
        ]


def workloads(*words: str) -> None:
    """Runs a module in the environment of the workloads.

    Raises:
        DrillError: it failed, or the environment does not exist.
    """
    if not PYTHON.exists():
        raise DrillError(f"{PYTHON} does not exist: run `make drift`, which creates it.")
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [str(PYTHON), "-m", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DrillError(f"{' '.join(words[:2])} failed:\n{done.stderr[-2000:]}")
