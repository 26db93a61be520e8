"""Errors that are printed as one message, without a traceback, and the consoles they are printed on."""

from typing import Final

from rich.console import Console

BAD_INPUT: Final = 2
"""Exit code for a wrong command line, configuration or file."""


class UsageError(Exception):
    """The command line is wrong; the message states what is allowed."""

    exit_code = BAD_INPUT


KNOWN_ERRORS: Final = frozenset(
    {
        "cli.errors.UsageError",
        "cli.promotion.errors.PromotionError",
        "authorization.documents.PolicyError",
        "inspection.can.QuestionError",
        "inspection.cost.PriceError",
        "inspection.evidence.manifest.ManifestError",
        "inspection.evidence.proofs.ResultError",
        "inspection.network.nodes.UnknownPlaceError",
        "inspection.comparison.facts.FactsError",
        "operations.errors.OperationError",
        "policies.configuration.ConfigurationError",
        "rehearsal.cloud.errors.CloudError",
        "rehearsal.engine.errors.EngineError",
        "rehearsal.preload.PreloadError",
        "rehearsal.provider.process.ProviderProcessError",
        "zone.errors.ZoneError",
    }
)
"""Full names of the exception classes whose messages are written for users.

Names instead of classes: importing all of these modules takes seconds, and most commands need few of them.
"""


def is_known(error: BaseException) -> bool:
    """Return whether the message of an exception is written for users."""
    return any(f"{cls.__module__}.{cls.__qualname__}" in KNOWN_ERRORS for cls in type(error).__mro__)


NON_TERMINAL_WIDTH: Final = 160
"""Columns of the output when it goes to a file or a log."""


def _console(*, stderr: bool) -> Console:
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=NON_TERMINAL_WIDTH)


console = _console(stderr=False)
"""Results, on standard output."""
messages = _console(stderr=True)
"""Progress and errors, on standard error: never part of a document on standard output."""
