"""`python -m workloads.pipeline`: runs the pipeline, approves packages, and logs records that MLflow missed."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from workloads.pipeline import registry, runner
from workloads.pipeline.definitions import MODELS
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import Engine, Settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command.

    Returns:
        Exit code: 0 when it did what was asked (a challenger that is not better is a result, not a failure).
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.command(options))
    except StepError as error:
        print(f"error: {error.reason} {error.action}", file=sys.stderr)
        return error.code
    except OSError as error:
        print(
            f"error: {error.filename or 'A file'}: {error.strerror}. Check path, space and permissions.",
            file=sys.stderr,
        )
        return 2
    except KeyboardInterrupt:
        print("error: The run was interrupted. Run the same command again: complete steps are reused.", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workloads.pipeline", description="Retrain models on one machine.")
    commands = parser.add_subparsers(required=True)
    run = commands.add_parser("run", help="run all steps in order; reuses complete ones")
    run.add_argument("model", help=f"one of {', '.join(sorted(MODELS))}")
    run.add_argument("--data", required=True, help="raw CSV file, or folder or s3:// address of a data version")
    run.add_argument("--output", type=Path, required=True, help="folder of the steps' outputs")
    run.add_argument("--keys", type=Path, help="key file of the pseudonyms, for raw data")
    run.add_argument("--names-model", type=Path, help="folder of the spaCy model of names")
    run.add_argument("--registry", help="folder or sagemaker:BUCKET/PREFIX (default: registry below --output)")
    run.add_argument("--tracking-uri", default=os.environ.get("MLFLOW_TRACKING_URI", ""), help="MLflow server")
    run.add_argument("--experiment", default="", help="MLflow experiment (default: the model's name)")
    run.add_argument("--seed", type=int, default=Settings().seed)
    run.add_argument("--resamples", type=int, default=Settings().resamples, help="of the bootstrap")
    run.add_argument("--holdout-version", default=Settings().holdout_version)
    run.add_argument(
        "--engine", default=Settings().engine, help=f"{' or '.join(get_args(Engine))} (default: %(default)s)"
    )
    run.add_argument("--commit", help="of the program (default: asked from git)")
    run.add_argument("--author", help="who may not approve it (default: asked from git, the e-mail's local part)")
    run.add_argument("--image-digest", default=os.environ.get("IMAGE_DIGEST", "unknown"), help="image of the steps")
    run.add_argument("--serving-image-digest", default="unknown", help="image that serves the version")
    run.set_defaults(command=_run)
    sync = commands.add_parser("sync", help="log records that were kept while the MLflow server was down")
    sync.add_argument("--output", type=Path, required=True)
    sync.add_argument("--tracking-uri", required=True)
    sync.set_defaults(command=_sync)
    for name, status in (("approve", registry.APPROVED), ("reject", registry.REJECTED)):
        decide = commands.add_parser(name, help=f"set a local package's status to {status}")
        decide.add_argument("model")
        decide.add_argument("version")
        decide.add_argument("--registry", type=Path, required=True)
        decide.set_defaults(command=_decide, status=status)
    return parser


def _run(options: argparse.Namespace) -> int:
    from workloads.pipeline.steps.command import execute  # noqa: PLC0415 - light commands start without it

    settings = Settings(
        seed=options.seed,
        holdout_version=options.holdout_version,
        resamples=options.resamples,
        commit=options.commit or _git("rev-parse", "HEAD"),
        author=options.author or _git("log", "-1", "--format=%ae").partition("@")[0],
        image_digest=options.image_digest,
        serving_image_digest=options.serving_image_digest,
        tracking_uri=options.tracking_uri,
        experiment=options.experiment,
        registry=options.registry or str(options.output / "registry"),
        engine=options.engine,
    )
    request = runner.Request(
        model=options.model,
        data=options.data,
        output=options.output,
        settings=settings,
        keys=options.keys,
        names_model=options.names_model,
    )
    done = runner.run(request, execute, lambda line: print(line, flush=True))
    registered = done.summaries["register"]
    if registered["registered"]:
        state = registered["status"] if registered["new"] else "was registered before"
        print(f"Package {registered['version']} of {options.model}: {state}")
    else:
        print("Not registered: " + "; ".join(registered["against"]))
    print(f"{done.seconds:.1f} s, peak {done.peak_mib} MiB, {done.reused} steps reused")
    print(f"Report: {done.folders['evaluate'] / 'report.html'}")
    return 0


def _sync(options: argparse.Namespace) -> int:
    from workloads.pipeline.steps.track import sync  # noqa: PLC0415 - light commands start without it

    logged, pending = sync(options.output / "steps", options.tracking_uri)
    print(f"{logged} record(s) logged, {pending} pending")
    return 0 if not pending else 6


def _decide(options: argparse.Namespace) -> int:
    registry.LocalRegistry(options.registry).decide(options.model, options.version, options.status)
    print(f"Package {options.version} of {options.model}: {options.status}")
    return 0


def _git(*words: str) -> str:
    try:
        answer = subprocess.run(["git", *words], capture_output=True, text=True, check=True, timeout=10)  # noqa: S603, S607 - git from PATH
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return answer.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
