"""The errors of the engine.

EngineError
├── ProjectError            Pulumi.yaml or a stack's configuration cannot be read
├── PassphraseError         the passphrase is missing or wrong
├── CheckpointError         a checkpoint or journal is corrupt, newer, or not this stack's
├── StackLockedError        another run holds the stack
├── UpstreamMissingError    a stack or an output that a StackReference names is not there
├── UnsupportedOptionError  the program asked for something this engine does not support
├── ProviderError           the provider refused, failed, or went away
├── PolicyPackError         a policy pack did not start, or died
├── ProgramError            the program raised
├── StepError               a step cannot be taken as the program asks (protected, duplicate, …)
└── CancelledError          the person interrupted the run
"""


class EngineError(Exception):
    """Base class of the engine's errors. `str(error)` is the message; `detail` is a traceback or empty."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class ProjectError(EngineError):
    """Pulumi.yaml or a stack's configuration file cannot be read; the message names the file and the line or key."""


class PassphraseError(EngineError):
    """The passphrase is missing or does not open what was encrypted with it."""


class CheckpointError(EngineError):
    """A checkpoint or journal is corrupt, truncated or of a newer version; the message names file and remedy."""


class StackLockedError(EngineError):
    """Another run holds the stack's lock; the message names its process id and start time."""


class UpstreamMissingError(EngineError):
    """A StackReference names a stack that has not been deployed, or an output it does not have."""


class UnsupportedOptionError(EngineError):
    """The program uses an option or a call that this engine does not support; the message names it."""


class ProviderError(EngineError):
    """The provider refused or failed an operation, or the connection to it was lost."""


class PolicyPackError(EngineError):
    """A policy pack did not start, ended or failed; the message names the pack."""


class ProgramError(EngineError):
    """The program raised an exception: its message, and its traceback in `detail`."""


class StepError(EngineError):
    """A step is not possible: a protected resource, a duplicate URN, a failed check or import."""


class CancelledError(EngineError):
    """The run was interrupted; the steps that had begun are finished and saved."""
