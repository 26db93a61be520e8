"""The errors of the runbooks, each with an exit code of its own."""


class RunbookError(Exception):
    """A runbook cannot continue; the message names the cause and the next action."""

    exit_code = 1


class BadInputError(RunbookError):
    """An argument is not valid; the message says what is allowed."""

    exit_code = 2


class RefusedError(RunbookError):
    """The state of the environment does not allow the operation. No changes were made."""

    exit_code = 3


class LeaseHeldError(RefusedError):
    """Another operator holds the lease."""

    exit_code = 4


class LeaseLostError(RunbookError):
    """This process no longer holds the lease, and makes no further change. Completed steps are kept."""

    exit_code = 4


class StepError(RunbookError):
    """The cause of the failure of one step."""


class StepFailedError(RunbookError):
    """A step failed; the message says how to do it by hand. The same command continues at this step."""

    exit_code = 5
