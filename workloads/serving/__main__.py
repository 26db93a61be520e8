"""Starts the server: `python -m workloads.serving`, as the image does; `serve` is what SageMaker appends."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from workloads.pipeline.errors import StepError
from workloads.serving import logs
from workloads.serving.app import Server
from workloads.serving.guard import Guard, GuardError
from workloads.serving.metrics import Metrics
from workloads.serving.model import load

PORT = 8080
"""SageMaker's port."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Serves until SIGTERM, then finishes what it is working on; exit code 3 when the artifact must not be served."""
    parser = argparse.ArgumentParser(prog="serving", description="Serve a registered model on SageMaker's port.")
    parser.add_argument("command", nargs="?", choices=["serve"], default="serve")
    parser.add_argument("--model", type=Path, default=Path("/opt/ml/model"), help="model directory (%(default)s)")
    parser.add_argument("--host", default="0.0.0.0", help="address (%(default)s: the container's own network)")  # noqa: S104 - a container has no other
    parser.add_argument("--port", type=int, default=int(os.environ.get("SAGEMAKER_BIND_TO_PORT", PORT)))
    options = parser.parse_args(arguments)
    log = logs.logger()
    digest = os.environ.get("MODEL_SHA256")
    if not digest:
        log.error("start_failed", error="MODEL_SHA256")
        print(
            "error: MODEL_SHA256 is not set. Set it to the SHA-256 of the registered model file; without it a replaced "
            "artifact would be loaded.",
            file=sys.stderr,
        )
        return 3
    try:
        guard = Guard.from_environment(os.environ)
    except GuardError as error:
        log.error("start_failed", error="GuardError")  # noqa: TRY400 - a traceback is no allowed field
        print(f"error: {error}", file=sys.stderr)
        return 3
    try:
        model = load(options.model, digest, os.environ.get("MODEL_VERSION"))
    except StepError as error:
        log.error("start_failed", error=type(error).__name__)  # noqa: TRY400 - a traceback is no allowed field
        print(f"error: {error.reason} {error.action}", file=sys.stderr)
        return 3
    endpoint = os.environ.get("ENDPOINT_NAME", "unknown")
    metrics = Metrics(model=model.definition.name, version=model.version, endpoint=endpoint)
    server = Server(model, guard=guard, log=log, metrics=metrics)
    log.info("started", model=model.definition.name, version=model.version, digest=model.manifest.sha256)
    # No access log, no server header: uvicorn's own lines would hold paths and addresses.
    config = uvicorn.Config(
        server.app,
        host=options.host,
        port=options.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=25,
        lifespan="off",
    )
    # uvicorn raises the signal again when it has finished: what comes after is ours, and the exit code 0.
    signal.signal(signal.SIGTERM, lambda *_: None)
    uvicorn.Server(config).run()
    metrics.flush()
    log.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
