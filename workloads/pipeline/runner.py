"""Runs the steps in order on one machine: resumable, one run at a time, nothing registered unless all steps passed."""

import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from workloads.pipeline import cache, registry, stores, versions
from workloads.pipeline.definitions import definition
from workloads.pipeline.errors import USAGE, StepError
from workloads.pipeline.plan import Job, Settings, Step, steps

_HERE: Final = Path(__file__).parent
Execute = Callable[[Step, str, Job], dict[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """Inputs of a run.

    `data` is a raw CSV file or folder (it is de-identified first), or a folder or `s3://` address with a manifest.
    """

    model: str
    data: str
    output: Path
    settings: Settings
    keys: Path | None = None
    names_model: Path | None = None


@dataclass(kw_only=True, slots=True)
class Run:
    """Result of a run."""

    summaries: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    folders: dict[str, Path] = field(default_factory=dict[str, Path])
    seconds: float = 0.0
    reused: int = 0

    @property
    def peak_mib(self) -> int:
        """Peak resident memory of this process, MiB."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak // (1024 if sys.platform != "darwin" else 2**20)


def program() -> str:
    """SHA-256 of the pipeline's own code: another program makes other outputs."""
    total = hashlib.sha256()
    for file in sorted(_HERE.rglob("*.py")):
        total.update(file.read_bytes())
    return total.hexdigest()


def run(request: Request, execute: Execute, say: Callable[[str], None]) -> Run:
    """Runs all steps.

    Args:
        request: model, data, output folder and settings.
        execute: runs one step's function.
        say: prints one line of progress.

    Raises:
        StepError: the first step that stopped; `reason` names the step.
    """
    definition(request.model)
    started = time.monotonic()
    with cache.exclusive(request.output):
        outputs = cache.Cache(request.output / "steps")
        outputs.discard()
        done = Run()
        external = _external(request)
        code = program()
        for step in steps(request.settings.engine):
            if step.name in external:
                continue
            _step(request, step, execute, outputs, external, code, done, say)
        done.seconds = time.monotonic() - started
        latest = {
            "model": request.model,
            "steps": {name: folder.name for name, folder in done.folders.items()},
            "summaries": done.summaries,
        }
        text = json.dumps(latest, indent=2, sort_keys=True) + "\n"
        stores.LocalStore(request.output).write(f"latest-{request.model}.json", text.encode())
    return done


def _step(
    request: Request,
    step: Step,
    execute: Execute,
    outputs: cache.Cache,
    external: Mapping[str, Path],
    code: str,
    done: Run,
    say: Callable[[str], None],
) -> None:
    begun = time.monotonic()
    paths = {**external, **done.folders}
    try:
        inputs = {name: paths[name] for name in step.inputs if name in paths}
        for name in step.inputs:
            if name not in inputs and name not in step.optional:
                raise StepError(
                    f"The input {name} is missing.", action=f"Name it with --{name.replace('_', '-')}.", code=USAGE
                )
        digests = {name: cache.digest(path) for name, path in inputs.items()}
        name = (
            f"{step.name}-{cache.key(step.name, {**digests, 'model': request.model}, request.settings.of(step), code)}"
        )
        # Registration talks to a registry that others change: asked every time, it answers with the same package.
        complete = outputs.complete(name) if step.name != "register" else None
        reused = complete is not None
        if complete is None:
            if step.name == "register":
                outputs.remove(name)
            part = outputs.begin(name)
            summary = execute(step, request.model, Job(inputs=inputs, output=part, settings=request.settings))
            complete = outputs.finish(name, {"step": step.name, "summary": summary})
    except StepError as error:
        raise StepError(
            f"Step {step.name} stopped. {error.reason}",
            action=f"{error.action} Nothing was registered.",
            code=error.code,
        ) from None
    folder, record = complete
    done.folders[step.name], done.summaries[step.name] = folder, record["summary"]
    done.reused += reused
    say(f"{step.title}: {'unchanged, reused' if reused else f'{time.monotonic() - begun:.1f} s'}")


def _external(request: Request) -> dict[str, Path]:
    """Inputs from outside: raw data and keys, or a de-identified version; the names model; the champion."""
    external: dict[str, Path] = {}
    folder = Path(request.data)
    if request.data.startswith("s3://"):
        pointer = request.output / "address"
        pointer.mkdir(exist_ok=True)
        (pointer / "address").write_text(request.data, encoding="utf-8")
        external["deidentify"] = pointer
    elif (folder / versions.MANIFEST).is_file():
        external["deidentify"] = folder
    elif folder.exists():
        external["raw"] = folder
        if request.keys is None:
            raise StepError(
                "Raw data is de-identified first, and no key file was named.", action="Name it with --keys.", code=USAGE
            )
    else:
        raise StepError(
            f"{request.data} does not exist.",
            action="Name a raw CSV file, or a folder or s3:// address of a de-identified data version.",
            code=USAGE,
        )
    for name, path in (("keys", request.keys), ("names_model", request.names_model)):
        if path is not None:
            if not path.exists():
                raise StepError(f"{path} does not exist.", action=f"Correct --{name.replace('_', '-')}.", code=USAGE)
            external[name] = path
    try:
        champion = registry.open_registry(request.settings.registry).champion(
            request.model, request.output / "champion" / request.model
        )
    except StepError as error:
        raise StepError(error.reason, action=f"{error.action} Nothing was trained.", code=error.code) from None
    if champion is not None:
        external["champion"] = champion
    return external
