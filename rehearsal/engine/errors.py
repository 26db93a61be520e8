"""Everything that can go wrong for a person using the engine, as one small tree.

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
    """Root of the tree: `str(error)` is a message for people; `detail`, if any, is for the curious (a traceback)."""

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class ProjectError(EngineError):
    """Pulumi.yaml or a stack's configuration file cannot be read; names the file and the line or key."""


class PassphraseError(EngineError):
    """The passphrase is missing or does not open what was encrypted with it."""


class CheckpointError(EngineError):
    """A checkpoint or journal is corrupt, truncated or of a newer version; names the file and the way out."""


class StackLockedError(EngineError):
    """Another run holds the stack's lock; names its process id and since when."""


class UpstreamMissingError(EngineError):
    """A StackReference names a stack that has not been deployed, or an output it does not have."""


class UnsupportedOptionError(EngineError):
    """The program uses an option or a call this engine does not support; names it."""


class ProviderError(EngineError):
    """The provider refused or failed an operation, or the connection to it was lost."""


class PolicyPackError(EngineError):
    """A policy pack did not start, died or failed; names the pack."""


class ProgramError(EngineError):
    """The program raised; the message is the exception's, the traceback is in `detail`."""


class StepError(EngineError):
    """A step cannot be taken: a protected resource, a duplicate URN, a failed check or import."""


class CancelledError(EngineError):
    """The run was interrupted; what had begun was finished and saved."""
