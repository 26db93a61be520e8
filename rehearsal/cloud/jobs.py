"""SageMaker jobs that really run: the entry point of a job, a program of this project, is a process on this machine.

An entry point is `python -m workloads.…`, or `smspark-submit /opt/program/workloads/….py` of AWS's Spark image, which
runs with Spark in local mode, whatever the number of instances.

A job gets SageMaker's file layout below a temporary folder in place of `/opt/ml`, its role's credentials, and the
address of the emulated cloud; with network isolation, neither credentials nor address. Every request for its inputs,
outputs and log is its role's. Source: SageMaker Developer Guide, "Build your own processing container".
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.cloud.job_files import Destination, JobError, Source, download, text, upload
from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError
from rehearsal.cloud.spot import FOLDER, POLL_SECONDS, CheckpointCopy, Interruptions, Spot

ROOT: Final = Path(__file__).resolve().parents[2]
PYTHON: Final = "REHEARSAL_WORKLOADS_PYTHON"
"""Environment variable with the interpreter of the pipelines' jobs; that of `.venv-workloads` if not set."""
MONITORING_PYTHON: Final = "REHEARSAL_MONITORING_PYTHON"
"""Environment variable with the interpreter of the monitors' jobs; that of `.venv-monitoring` if not set."""
SPARK_PYTHON: Final = "REHEARSAL_SPARK_PYTHON"
"""Environment variable with the interpreter of the jobs on Spark; that of `.venv-spark` if not set."""
_MONITORING: Final = "workloads.monitoring"
_PROGRAM: Final = "/opt/program/"
"""Folder of this project's packages in the images."""
_ML: Final = "/opt/ml/"
_FAILURE_CHARACTERS: Final = 1024
_LOG_LINES: Final = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A job of one account and region."""

    name: str
    kind: str
    """`ProcessingJobs` or `TrainingJobs`, as in the name of the log group."""
    region: str
    role_arn: str
    entry_point: Sequence[str]
    environment: Mapping[str, str]
    sources: Sequence[Source]
    destinations: Sequence[Destination]
    isolated: bool
    endpoint_id: str
    """Gateway endpoint of S3 in the job's VPC; empty without a VPC."""
    interface_ids: Sequence[str] = ()
    """Interface endpoints of the other services, which the VPC shares."""
    seconds: int
    """Maximum run time."""
    spot: Spot | None = None
    """Spot instances of a training job; None on demand."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a job ended."""

    status: str
    """`Completed`, `Failed` or `Stopped`."""
    reason: str = ""
    message: str = ""
    """What the container left as its exit message."""
    secondary: str = ""
    """Secondary status of a training job, where it differs from the status."""


@dataclass(slots=True)
class Jobs:
    """The running jobs of one cloud."""

    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, subprocess.Popen[bytes]])
    _stopped: set[str] = field(default_factory=set[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    interruptions: Interruptions = field(default_factory=Interruptions)

    def knows(self, entry_point: Sequence[str]) -> bool:
        """Return whether an entry point can be run here."""
        return bool(_words(entry_point))

    def run(self, job: Job, report: Callable[[str], None] = lambda _: None) -> Ended:
        """Run a job to its end; a spot job that is interrupted starts again on another instance.

        Args:
            job: the job.
            report: gets each secondary status before the last.
        """
        started = time.monotonic()
        try:
            while (ended := self._start(job, report)) is None:
                report("Interrupted")
                if job.spot is not None and time.monotonic() - started >= job.spot.seconds:
                    status = "MaxWaitTimeExceeded"
                    ended = Ended(status="Stopped", reason=f"{status}: {job.spot.seconds} seconds.", secondary=status)
                    break
        except (JobError, NoRoleError) as error:
            ended = Ended(status="Failed", reason=str(error))
        finally:
            with self._lock:
                self._running.pop(job.name, None)
                self._stopped.discard(job.name)
        return ended

    def stop(self, name: str) -> None:
        """Stop a job, if it runs."""
        with self._lock:
            process = self._running.get(name)
            self._stopped.add(name)
        if process is not None:
            process.terminate()

    def close(self) -> None:
        """Stop every job."""
        for name in list(self._running):
            self.stop(name)

    def _start(self, job: Job, report: Callable[[str], None]) -> Ended | None:
        """Run a job on an instance, which has its own folder; return None when the instance is interrupted."""
        folder = Path(tempfile.mkdtemp(prefix="rehearsal-job-"))
        report("Starting")
        try:
            return self._run(job, folder, report)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _run(self, job: Job, folder: Path, report: Callable[[str], None]) -> Ended | None:
        interpreter = _interpreter(job.entry_point)
        s3 = SERVICE_CALLS.client("s3", job.region, job.role_arn, "SageMaker", job.endpoint_id)
        for name in ("input/data", "model", "output/data"):
            (folder / name).mkdir(parents=True)
        report("Downloading")
        for source in job.sources:
            download(s3, source, folder / source.folder)
        for destination in job.destinations:
            (folder / destination.folder).mkdir(parents=True, exist_ok=True)
        checkpoints = _checkpoints(s3, job, folder)
        report("Training")
        process = self._execute(job, folder, interpreter)
        code, timed_out = self._wait(job, process, checkpoints)
        _log(job, folder / "log")
        if job.name in self._stopped:
            return Ended(status="Stopped")
        if timed_out:
            reason = f"MaxRuntimeExceeded: the job ran longer than {job.seconds} seconds."
            return Ended(status="Stopped", reason=reason, secondary="MaxRuntimeExceeded")
        if code is None:
            return None
        if code:
            return _failed(job, folder, code)
        report("Uploading")
        for destination in job.destinations:
            upload(s3, destination, folder / destination.folder, job.name)
        return Ended(status="Completed")

    def _execute(self, job: Job, folder: Path, interpreter: str) -> subprocess.Popen[bytes]:
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - a module of this project, see `knows`
                [interpreter, "-m", *_words(job.entry_point), "--ml", str(folder)],
                cwd=ROOT,
                env={**_clean(), **job.environment, **_network(job)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        with self._lock:
            self._running[job.name] = process
            stopped = job.name in self._stopped
        if stopped:
            process.terminate()
        return process

    def _wait(
        self, job: Job, process: subprocess.Popen[bytes], checkpoints: CheckpointCopy | None
    ) -> tuple[int | None, bool]:
        """Wait for the end of a container.

        Returns:
            Exit code, None when the instance was interrupted; whether the container ran too long.
        """
        if checkpoints is None:
            try:
                return process.wait(job.seconds), False
            except subprocess.TimeoutExpired:
                return _killed(process), True
        interrupted = self.interruptions.take(job.region)
        limit = time.monotonic() + job.seconds
        try:
            while process.poll() is None:
                if time.monotonic() >= limit:
                    return _killed(process), True
                checkpoints.copy()
                if interrupted and checkpoints.uploads:
                    break
                time.sleep(POLL_SECONDS)
            if interrupted:
                # The instance is lost with the first checkpoint in S3, at the latest before its model is uploaded.
                _killed(process)
                checkpoints.copy()
                return None, False
            checkpoints.copy()
        except ClientError as error:
            _killed(process)
            raise JobError(f"ClientError: a checkpoint cannot be written: {text(error)}") from None
        return process.wait(), False


def _killed(process: subprocess.Popen[bytes]) -> int:
    """End a container and all that it started; return its exit code."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _checkpoints(s3: Any, job: Job, folder: Path) -> CheckpointCopy | None:
    """The folder of a spot job's checkpoints, with those of earlier starts; None for a job on demand."""
    if job.spot is None:
        return None
    if job.spot.uri:
        (folder / FOLDER).mkdir()
        download(s3, Source(name=FOLDER, uri=job.spot.uri, folder=FOLDER), folder / FOLDER, required=False)
    return CheckpointCopy(s3=s3, uri=job.spot.uri, folder=folder / FOLDER)


def _words(entry_point: Sequence[str]) -> list[str]:
    """The module of this project that an entry point runs, and its arguments; empty for another's program."""
    match list(entry_point):
        case ["python", "-m", module, *arguments]:
            pass
        case ["smspark-submit", script, *arguments] if script.startswith(_PROGRAM):
            module = script.removeprefix(_PROGRAM).removesuffix(".py").replace("/", ".")
        case _:
            return []
    return [module, *arguments] if module.startswith("workloads.") else []


def _interpreter(entry_point: Sequence[str]) -> str:
    """The interpreter of the environment that stands for the image of a job.

    Raises:
        JobError: the environment does not exist.
    """
    variable, environment = PYTHON, ".venv-workloads"
    if entry_point[0] == "smspark-submit":
        variable, environment = SPARK_PYTHON, ".venv-spark"
    elif _words(entry_point)[0].startswith(_MONITORING):
        variable, environment = MONITORING_PYTHON, ".venv-monitoring"
    interpreter = os.environ.get(variable) or str(ROOT / environment / "bin" / "python")
    if shutil.which(interpreter) is None:
        raise JobError(
            f"ClientError: the environment of the workloads does not exist on this machine ({interpreter}). Create it "
            f"with `make {environment}/.ready`, or set {variable} before the emulated cloud is started."
        )
    return interpreter


def _clean() -> dict[str, str]:
    kept = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _network(job: Job) -> dict[str, str]:
    """Credentials and address; a container with network isolation has neither."""
    if job.isolated:
        return {}
    credentials = SERVICE_CALLS.session(job.role_arn, "SageMaker")
    through = {"AWS_SDK_UA_APP_ID": ".".join([job.endpoint_id, *job.interface_ids])} if job.endpoint_id else {}
    return {
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": credentials.token or "",
        "AWS_ENDPOINT_URL": SERVICE_CALLS.url(job.region),
        "AWS_REGION": job.region,
        "AWS_DEFAULT_REGION": job.region,
        **through,
    }


def _failed(job: Job, folder: Path, code: int) -> Ended:
    """A training job shows the container's file `failure`, a processing job the file `message`."""
    if job.kind == "TrainingJobs":
        failure = _read(folder / "output" / "failure") or "See job logs for more information"
        return Ended(status="Failed", reason=f"AlgorithmError: {failure}, exit code: {code}")
    reason = f"AlgorithmError: See job logs for more information, exit code: {code}"
    return Ended(status="Failed", reason=reason, message=_read(folder / "output" / "message"))


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")[:_FAILURE_CHARACTERS] if file.is_file() else ""


def _log(job: Job, file: Path) -> None:
    """Write the last lines of the container's output to its log stream; a job without the right has no log."""
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines()[-_LOG_LINES:]
    client = SERVICE_CALLS.client("logs", job.region, job.role_arn, "SageMaker")
    group, stream = f"/aws/sagemaker/{job.kind}", f"{job.name}/algo-1"
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line or " "} for line in lines]
    try:
        # An instance that continues an interrupted job writes to the same stream.
        with contextlib.suppress(client.exceptions.ResourceAlreadyExistsException):
            client.create_log_stream(logGroupName=group, logStreamName=stream)
        if events:
            client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    except ClientError:
        return


JOBS: Final = Jobs()
"""Jobs of this process, as moto's state belongs to the process."""
