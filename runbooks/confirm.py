"""Confirmation of an operation by typed sentences."""

from collections.abc import Callable

from runbooks.documents import RecoveryDocument
from runbooks.errors import RefusedError

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
