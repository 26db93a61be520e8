"""Policy packs: processes that analyze resources and stacks through Pulumi's `Analyzer` protocol."""

import contextlib
import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from rehearsal.engine import child, yaml_file
from rehearsal.engine.errors import PolicyPackError, ProjectError
from rehearsal.engine.events import Level
from rehearsal.engine.provider_client import MAX_MESSAGE
from rehearsal.engine.values import read_struct, write_struct
from rehearsal.preload import Preload

_HOST: Final = str(Path(__file__).with_name("pack_host.py"))
_OPTIONS: Final = (("grpc.max_receive_message_length", MAX_MESSAGE), ("grpc.max_send_message_length", MAX_MESSAGE))
LEVELS: Final[tuple[Level, ...]] = ("advisory", "mandatory", "disabled", "remediate")


class PolicyPack:
    """A running policy pack. Every failure raises PolicyPackError: a pack that does not answer blocks the run."""

    def __init__(
        self,
        path: Path,
        *,
        engine_address: str,
        project: str,
        cwd: Path,
        config: Path | None,
        log: Callable[[str], None],
        preload: Preload | None = None,
    ) -> None:
        self.path = path
        self.seconds = 0.0
        manifest = path / "PulumiPolicy.yaml"
        try:
            described = yaml_file.load(manifest)
        except ProjectError as error:
            raise PolicyPackError(f"policy pack {path}: {error}") from error
        main = path / str(described.get("main") or ".") / "__main__.py"
        if not main.exists():
            raise PolicyPackError(f"policy pack {path}: {main} does not exist")
        self._said: list[str] = []
        self._process = child.start(
            [_HOST, str(main.resolve()), engine_address],
            cwd=cwd,
            extra_environment={"PULUMI_ORGANIZATION": "organization", "PULUMI_PROJECT": project},
            preload=preload,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._pumps = [child.pump(self._process.stderr, self._keep)]
        port = self._process.stdout.readline().strip()
        self._pumps.append(child.pump(self._process.stdout, log))
        if not port.isdigit():
            failure = self._dead("did not start")
            self.close()
            raise failure
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port.decode()}", options=list(_OPTIONS))
        self._stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)
        try:
            self._configure(engine_address, config)
        except PolicyPackError:
            self.close()
            raise
        log_name = self.info.name
        self.version = str(described.get("version") or self.info.version)
        self.name = log_name

    def _configure(self, engine_address: str, config: Path | None) -> None:
        folder = str(self.path.resolve())
        request = analyzer_pb2.AnalyzerHandshakeRequest(
            engine_address=engine_address, root_directory=folder, program_directory=folder
        )
        self._call("Handshake", request, wait=True, optional=True)
        self.info = self._call("GetAnalyzerInfo", empty_pb2.Empty(), wait=True)
        self.levels = {policy.name: LEVELS[policy.enforcementLevel] for policy in self.info.policies}
        requested = {name: _initial(item) for name, item in self.info.initialConfig.items()}
        requested.update(_read_config(config, self.levels) if config else {})
        request = analyzer_pb2.ConfigureAnalyzerRequest()
        for name in self.levels:
            level, properties = requested.get(name, (None, {}))
            level = level or requested.get("all", (None, {}))[0] or self.levels[name]
            self.levels[name] = level
            request.policyConfig[name].enforcementLevel = analyzer_pb2.EnforcementLevel.Value(level.upper())
            request.policyConfig[name].properties.CopyFrom(write_struct(properties))
        self._call("Configure", request, optional=True)

    @property
    def enabled(self) -> int:
        """The number of the pack's policies that run."""
        return sum(level != "disabled" for level in self.levels.values())

    @property
    def remediates(self) -> bool:
        """Whether one of the pack's policies may change a resource."""
        return "remediate" in self.levels.values()

    def configure_stack(
        self,
        *,
        stack: str,
        project: str,
        organization: str,
        dry_run: bool,
        config: Mapping[str, str],
        secret_keys: Sequence[str],
    ) -> None:
        """Send the pack the stack that is analyzed next."""
        request = analyzer_pb2.AnalyzerStackConfigureRequest(
            stack=stack,
            project=project,
            organization=organization,
            dry_run=dry_run,
            config=dict(config),
            config_secret_keys=secret_keys,
        )
        self._call("ConfigureStack", request, optional=True)

    def analyze(self, request: analyzer_pb2.AnalyzeRequest) -> Sequence[analyzer_pb2.AnalyzeDiagnostic]:
        """Return the violations of a resource."""
        return self._call("Analyze", request).diagnostics

    def remediate(self, request: analyzer_pb2.AnalyzeRequest) -> Sequence[analyzer_pb2.Remediation]:
        """Return the changes that the pack makes to a resource."""
        return self._call("Remediate", request).remediations

    def analyze_stack(self, request: analyzer_pb2.AnalyzeStackRequest) -> Sequence[analyzer_pb2.AnalyzeDiagnostic]:
        """Return the violations of a stack as a whole."""
        return self._call("AnalyzeStack", request).diagnostics

    def close(self) -> None:
        """End the pack's process."""
        if hasattr(self, "_channel"):
            self._channel.close()
        child.stop(self._process)

    def _keep(self, line: str) -> None:
        self._said.append(line)
        del self._said[:-50]

    def _dead(self, reason: str) -> PolicyPackError:
        self._pumps[0].join(timeout=1)
        last = next((line for line in reversed(self._said) if line.strip()), "it said nothing")
        return PolicyPackError(f"policy pack {self.path.name!r} {reason}: {last}", detail="\n".join(self._said))

    def _call(self, method: str, request: Any, *, wait: bool = False, optional: bool = False) -> Any:
        started = time.monotonic()
        try:
            return getattr(self._stub, method)(request, timeout=60 if wait else None, wait_for_ready=wait)
        except grpc.RpcError as error:
            status: Any = error
            if optional and status.code() == grpc.StatusCode.UNIMPLEMENTED:
                return None
            if status.code() == grpc.StatusCode.UNAVAILABLE or "closed" in str(status.details()):
                # The connection goes a moment before the process: only its status says that it died.
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(2)
            if self._process.poll() is not None:
                raise self._dead(f"died (status {self._process.returncode}) while asked to {method}") from error
            raise PolicyPackError(f"policy pack {self.path.name!r} failed to {method}: {status.details()}") from error
        finally:
            self.seconds += time.monotonic() - started


def _initial(item: analyzer_pb2.PolicyConfig) -> tuple[Level | None, dict[str, Any]]:
    return LEVELS[item.enforcementLevel], read_struct(item.properties)


def _read_config(path: Path, levels: Mapping[str, Level]) -> dict[str, tuple[Level | None, dict[str, Any]]]:
    """Read a pack's JSON configuration (`--policy-pack-config`): policy -> level, or an object with a level."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyPackError(f"policy configuration {path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise PolicyPackError(
            f"policy configuration {path}: expected an object of policies, found {type(content).__name__}"
        )
    result: dict[str, tuple[Level | None, dict[str, Any]]] = {}
    for name, value in content.items():
        if name != "all" and name not in levels:
            raise PolicyPackError(
                f"policy configuration {path}: there is no policy {name!r}; there are {', '.join(sorted(levels))}"
            )
        properties = dict(value) if isinstance(value, dict) else {}
        level = properties.pop("enforcementLevel", None) if isinstance(value, dict) else value
        if level is not None and level not in LEVELS:
            raise PolicyPackError(
                f"policy configuration {path}: {name}: level {level!r} is not one of {', '.join(LEVELS)}"
            )
        result[name] = (level, properties)
    return result
