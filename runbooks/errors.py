"""What can go wrong, each with the exit code that a script can tell it by."""


class RunbookError(Exception):
    """A runbook cannot go on; the message says why and what to do."""

    exit_code = 1


class BadInputError(RunbookError):
    """The command line asks for something that cannot be; the message says what is allowed."""

    exit_code = 2


class RefusedError(RunbookError):
    """The state of the zone forbids it; nothing was changed."""

    exit_code = 3


class LeaseHeldError(RefusedError):
    """Somebody else is at it."""

    exit_code = 4


class StepFailedError(RunbookError):
    """A step could not be done; the message says how to do it by hand. Running the runbook again continues there."""

    exit_code = 5
