"""Lambda functions that really run: a Python function's package is a process on this machine, as its role.

The process gets the function's environment variables, the credentials of its role and the address of the emulated
cloud, and its requests come through the VPC endpoints of the function's VPC. Source: Lambda Developer Guide, "Building
Lambda functions with Python".
"""

import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError

_RUNNER: Final = """
import importlib, json, sys, traceback
sys.path.insert(0, sys.argv[1])
module, _, name = sys.argv[2].rpartition(".")
results, code = [], 0
for event in json.load(sys.stdin):
    try:
        results.append(getattr(importlib.import_module(module.replace("/", ".")), name)(event, None))
    except Exception as error:
        traceback.print_exc()
        results.append({"errorMessage": str(error), "errorType": type(error).__name__})
        code = 1
        break
with open(sys.argv[3], "w", encoding="utf-8") as file:
    json.dump(results, file)
sys.exit(code)
"""
"""Handles events until one fails: a second invocation reuses the execution environment of the first, as on AWS."""
_LOG_LINES: Final = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A function of one account and region."""

    name: str
    region: str
    role_arn: str
    handler: str
    """Module and function, with dots: `package.module.handler`."""
    package: bytes
    """ZIP file of the code."""
    environment: Mapping[str, str]
    endpoint_ids: Sequence[str]
    """VPC endpoints that its requests come through; empty without a VPC."""
    seconds: int
    """Maximum run time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Returned:
    """How an invocation ended."""

    payload: str
    """JSON of the result, or of the error."""
    failed: bool
    log: str


def run(function: Function, event: Any) -> Returned:
    """Runs one invocation to its end."""
    return run_in_order(function, [event])


def run_in_order(function: Function, events: Sequence[Any]) -> Returned:
    """Runs invocations one after the other in one execution environment.

    Args:
        function: the function.
        events: event of each invocation; after an invocation that fails, the others do not run.

    Returns:
        How the last invocation that ran ended.
    """
    try:
        credentials = SERVICE_CALLS.session(function.role_arn, function.name)
    except NoRoleError as error:
        return _error("AccessDeniedException", str(error), "")
    with tempfile.TemporaryDirectory(prefix="rehearsal-function-") as name:
        folder, result = Path(name) / "code", Path(name) / "result.json"
        with zipfile.ZipFile(io.BytesIO(function.package)) as archive:
            archive.extractall(folder)
        through = {"AWS_SDK_UA_APP_ID": ".".join(function.endpoint_ids)} if function.endpoint_ids else {}
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter; the code is the deployed program's
                [sys.executable, "-c", _RUNNER, str(folder), function.handler, str(result)],
                cwd=folder,
                env={
                    **_clean(),
                    **function.environment,
                    "AWS_ACCESS_KEY_ID": credentials.access_key,
                    "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
                    "AWS_SESSION_TOKEN": credentials.token or "",
                    "AWS_ENDPOINT_URL": SERVICE_CALLS.url(function.region),
                    "AWS_REGION": function.region,
                    "AWS_DEFAULT_REGION": function.region,
                    "AWS_LAMBDA_FUNCTION_NAME": function.name,
                    **through,
                },
                input=json.dumps(events),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=function.seconds * len(events),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return _error("Sandbox.Timedout", f"Task timed out after {function.seconds:.2f} seconds", "")
        _write_log(function, done.stdout)
        if not result.is_file():
            return _error("Runtime.ExitError", f"Runtime exited with status {done.returncode}", done.stdout)
        results: list[Any] = json.loads(result.read_text(encoding="utf-8"))
        return Returned(payload=json.dumps(results[-1]), failed=bool(done.returncode), log=done.stdout)


def _error(kind: str, message: str, log: str) -> Returned:
    return Returned(payload=json.dumps({"errorMessage": message, "errorType": kind}), failed=True, log=log)


def _clean() -> dict[str, str]:
    kept = ("HOME", "LANG", "LC_ALL", "PATH", "TMPDIR", "TZ")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }


def _write_log(function: Function, text: str) -> None:
    """Writes the last lines of the output to the function's log group; a function without the right has no log."""
    client = SERVICE_CALLS.client("logs", function.region, function.role_arn, function.name)
    now = int(time.time() * 1000)
    lines = ["START", *text.splitlines()[-_LOG_LINES:], "END"]
    group, stream = f"/aws/lambda/{function.name}", f"{now}"
    try:
        client.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [{"timestamp": now, "message": line or " "} for line in lines]
        client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
    except ClientError:
        return
