"""SageMaker jobs that really run: the entry point of a job, a program of this project, is a process on this machine.

An entry point is `python -m workloads.…`, or `smspark-submit /opt/program/workloads/….py` of AWS's Spark image, which
runs with Spark in local mode, whatever the number of instances.

A job gets SageMaker's file layout below a temporary folder in place of `/opt/ml`, its role's credentials, and the
address of the emulated cloud; with network isolation, neither credentials nor address. Every request for its inputs,
outputs and log is its role's. Source: SageMaker Developer Guide, "Build your own processing container".
"""

import io
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError

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
class Source:
    """Objects that are copied into the job's folder before it starts."""

    name: str
    uri: str
    folder: str
    """Below `/opt/ml`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Files that are copied into a bucket when the job has succeeded."""

    uri: str
    folder: str
    """Below `/opt/ml`."""
    key_id: str
    packed: bool
    """Whether the files become one archive `model.tar.gz`."""


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a job ended."""

    status: str
    """`Completed`, `Failed` or `Stopped`."""
    reason: str = ""
    message: str = ""
    """What the container left as its exit message."""


class JobError(Exception):
    """A job cannot go on; the message is its failure reason."""


@dataclass(slots=True)
class Jobs:
    """The running jobs of one cloud."""

    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict[str, subprocess.Popen[bytes]])
    _stopped: set[str] = field(default_factory=set[str])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def knows(self, entry_point: Sequence[str]) -> bool:
        """Return whether an entry point can be run here."""
        return bool(_words(entry_point))

    def run(self, job: Job) -> Ended:
        """Run a job to its end."""
        folder = Path(tempfile.mkdtemp(prefix="rehearsal-job-"))
        try:
            return self._run(job, folder)
        except (JobError, NoRoleError) as error:
            return Ended(status="Failed", reason=str(error))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            with self._lock:
                self._running.pop(job.name, None)
                self._stopped.discard(job.name)

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

    def _run(self, job: Job, folder: Path) -> Ended:
        interpreter = _interpreter(job.entry_point)
        s3 = SERVICE_CALLS.client("s3", job.region, job.role_arn, "SageMaker", job.endpoint_id)
        for name in ("input/data", "model", "output/data"):
            (folder / name).mkdir(parents=True)
        for source in job.sources:
            _download(s3, source, folder / source.folder)
        for destination in job.destinations:
            (folder / destination.folder).mkdir(parents=True, exist_ok=True)
        code, timed_out = self._execute(job, folder, interpreter)
        _log(job, folder / "log")
        if job.name in self._stopped:
            return Ended(status="Stopped")
        if timed_out:
            return Ended(status="Stopped", reason=f"MaxRuntimeExceeded: the job ran longer than {job.seconds} seconds.")
        if code:
            return _failed(job, folder, code)
        for destination in job.destinations:
            _upload(s3, destination, folder / destination.folder, job.name)
        return Ended(status="Completed")

    def _execute(self, job: Job, folder: Path, interpreter: str) -> tuple[int, bool]:
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
        try:
            return process.wait(job.seconds), False
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait(), True


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


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _download(s3: Any, source: Source, folder: Path) -> None:
    bucket, prefix = _bucket_and_key(source.uri)
    folder.mkdir(parents=True, exist_ok=True)
    base = f"{prefix.rstrip('/')}/" if prefix else ""
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        keys = [key for key in keys if (key.startswith(base) or key == prefix) and not key.endswith("/")]
        if not keys:
            raise JobError(f"ClientError: No S3 objects found under S3 URL {source.uri} of the input {source.name}.")
        for key in keys:
            file = folder / (key.removeprefix(base) if key.startswith(base) else key.rpartition("/")[2])
            if not file.resolve().is_relative_to(folder.resolve()):
                raise JobError(f"ClientError: the key {key!r} of the input {source.name} leaves the job's folder.")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        raise JobError(f"ClientError: the input {source.name} ({source.uri}) cannot be read: {_text(error)}") from None


def _upload(s3: Any, destination: Destination, folder: Path, name: str) -> None:
    bucket, prefix = _bucket_and_key(destination.uri)
    key_id = {"SSEKMSKeyId": destination.key_id, "ServerSideEncryption": "aws:kms"} if destination.key_id else {}
    files = {
        f"{prefix.rstrip('/')}/{file.relative_to(folder).as_posix()}": file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    try:
        if destination.packed:
            packed = io.BytesIO()
            with tarfile.open(fileobj=packed, mode="w:gz") as archive:
                for file in files.values():
                    archive.add(file, arcname=file.relative_to(folder).as_posix())
            key = f"{prefix.rstrip('/')}/{name}/output/model.tar.gz"
            s3.put_object(Bucket=bucket, Key=key, Body=packed.getvalue(), **key_id)
            return
        for key, file in files.items():
            s3.put_object(Bucket=bucket, Key=key, Body=file.read_bytes(), **key_id)
    except ClientError as error:
        raise JobError(f"ClientError: the output cannot be written to {destination.uri}: {_text(error)}") from None


def _text(error: ClientError) -> str:
    response: Any = error.response
    return f"{response['Error']['Code']}: {response['Error']['Message']}"


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
        client.create_log_stream(logGroupName=group, logStreamName=stream)
        if events:
            client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    except ClientError:
        return


JOBS: Final = Jobs()
"""Jobs of this process, as moto's state belongs to the process."""
