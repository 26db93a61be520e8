"""What a person's mistake looks like: one clear message and an exit code, never a traceback."""

from rich.console import Console

from controls.evaluator import PolicyError
from inspection.can import QuestionError
from inspection.cost import PriceError
from inspection.network.nodes import UnknownPlaceError
from rehearsal.cloud import CloudError
from rehearsal.engine import EngineError
from rehearsal.provider import ProviderProcessError
from zone.errors import ZoneError

BAD_INPUT = 2


class UsageError(Exception):
    """The command line asks for something that cannot be; the message says what is allowed."""

    exit_code = BAD_INPUT


KNOWN_ERRORS = (
    UsageError,
    QuestionError,
    UnknownPlaceError,
    PriceError,
    PolicyError,
    ZoneError,
    EngineError,
    CloudError,
    ProviderProcessError,
)
"""Errors whose message is for people."""

WIDE = 160
"""Columns where no terminal says how many there are: a log or a file."""


def _console(*, stderr: bool) -> Console:
    made = Console(stderr=stderr, highlight=False)
    return made if made.is_terminal else Console(stderr=stderr, highlight=False, width=WIDE)


console = _console(stderr=False)
"""For people: results on standard output."""
messages = _console(stderr=True)
"""For people as well, but never mixed into a document on standard output."""
