"""Confirmation of an operation: typed sentences, or an approval file of a second person."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from runbooks.documents import RecoveryDocument
from runbooks.errors import BadInputError, RefusedError

Ask = Callable[[str], str]


def typed(zone: RecoveryDocument, kind: str, effect: str, ask: Ask) -> None:
    """Requires a typed sentence, and a second one for environments that require two confirmations.

    Args:
        zone: the environment.
        kind: the operation.
        effect: the second sentence, which states the effect of the operation.
        ask: prints a question and returns the typed line.

    Raises:
        RefusedError: another text was typed.
    """
    sentences = [f"{kind} {zone.environment}"]
    if zone.two_people:
        sentences.append(effect)
    for sentence in sentences:
        if ask(f"Type '{sentence}' to go on").strip() != sentence:
            raise RefusedError("The operation was not confirmed. No changes were made.")


def approved(file: Path, zone: RecoveryDocument, kind: str, region: str, *, runner: str, now: datetime) -> None:
    """Verifies an approval file: `{"operation", "environment", "region", "approved_by", "expires"}`.

    Args:
        file: the approval file.
        zone: the environment.
        kind: the operation.
        region: the region that serves after the operation.
        runner: ARN of the operator.
        now: the present time.

    Raises:
        BadInputError: the file does not have this form; the message names the key.
        RefusedError: it approves another operation, has expired, or was signed by the operator.
    """
    try:
        values = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInputError(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise BadInputError(f"{file}: not JSON: {error}") from None
    keys = ("operation", "environment", "region", "approved_by", "expires")
    if not isinstance(values, dict) or any(not isinstance(values.get(key), str) for key in keys):
        raise BadInputError(f"{file}: must be an object with the strings {', '.join(keys)}")
    for key, expected_value in (("operation", kind), ("environment", zone.environment), ("region", region)):
        if values[key] != expected_value:
            raise RefusedError(
                f"{file}: {key} is {values[key]!r}; this operation needs {expected_value!r}. No changes were made."
            )
    try:
        expires = datetime.fromisoformat(values["expires"])
    except ValueError:
        raise BadInputError(f"{file}: expires must be a time such as 2026-11-24T04:00:00+00:00") from None
    if expires.tzinfo is None:
        expires = expires.replace(tzinfo=UTC)
    if expires <= now:
        raise RefusedError(f"{file}: the approval expired at {expires.isoformat()}. No changes were made.")
    if values["approved_by"] in (runner, runner.rpartition("/")[2]):
        raise RefusedError(
            f"{file}: approved by {values['approved_by']}, who also runs the operation; "
            "a second person must approve it. No changes were made."
        )
