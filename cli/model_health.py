"""What `zone model health` prints."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, Final

from rich.table import Table
from rich.text import Text

from cli.errors import console
from cli.model_access import Access
from inspection.model_health import ModelHealth, read_health
from zone.settings import Settings
from zone.shared.names import fitted

EXIT_CODES: Final = {"healthy": 0, "attention": 1, "unknown": 3}


def health_of(access: Access, settings: Settings, model: str, environment: str) -> ModelHealth:
    """Reads the health of a model in an environment."""
    region, account = settings.regions.primary, access.account(environment)
    monitor = fitted(f"{settings.name_prefix}-monitor-{model}-{environment}")
    return read_health(
        lambda service: access.reader(environment, service),
        endpoint=f"{model}-{environment}",
        monitor_arn=f"arn:aws:states:{region}:{account}:stateMachine:{monitor}",
        now=datetime.now(UTC),
    )


def document(health: ModelHealth) -> dict[str, Any]:
    """The health as a JSON document; times in ISO 8601."""
    return {"state": health.state, **asdict(health)}


def display(health: ModelHealth) -> None:
    """Prints the health."""
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_row("endpoint", f"{health.endpoint}: {health.endpoint_status}, {health.instances} instances")
    at = health.run_at.astimezone(UTC).strftime(" at %Y-%m-%d %H:%M UTC") if health.run_at else ""
    table.add_row("monitor", f"{health.run_status}{at}")
    for figure in health.figures:
        table.add_row(figure.name, f"{figure.value:g}  ({figure.at:%Y-%m-%d})")
    for name, state in sorted(health.alarms.items()):
        table.add_row("alarm", Text(f"{name}: {state}"))
    console.print(table)
    for problem in health.problems:
        console.print(Text(f"✗ {problem}"), soft_wrap=True)
    for text in health.unknown:
        console.print(Text(f"? {text}"), soft_wrap=True)
    console.print(f"{health.endpoint}: {health.state}")
