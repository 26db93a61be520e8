"""A zone whose stacks the real Pulumi CLI deploys to the emulated AWS."""

import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.end_to_end.zone import Ran, Zone, cloud_environment


class CliZone:
    """Runs `zone` with the variables that point the Pulumi CLI at the emulated AWS."""

    def __init__(self, zone: Zone, port: str, home: Path) -> None:
        self.zone = zone
        self.aws = cloud_environment(zone)
        self.variables: Mapping[str, str] = {
            **self.aws,
            "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(home),
        }

    def log_in(self, url: str) -> None:
        """Uses a backend."""
        self.variables = {**self.variables, "PULUMI_BACKEND_URL": url}

    def run(self, *words: str, **more: str) -> Ran:
        """Runs `zone WORDS`."""
        return self.zone.rehearse(*words, timeout=800, **{**self.variables, **more})


@contextmanager
def provider(zone: Zone) -> Generator[str]:
    """Runs `zone provider` and gives its port."""
    with subprocess.Popen(
        [str(zone.root / ".venv" / "bin" / "python"), "-m", "cli.main", "provider"],
        cwd=zone.root,
        env=zone.environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()
