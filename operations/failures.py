"""What the Pulumi CLI reports when it fails, as a message that says what to do."""

import re
from collections.abc import Sequence
from typing import Final

from operations.identity import NO_CREDENTIALS, SIGN_IN

LOG_IN: Final = (
    "The Pulumi CLI is not logged in to a backend. Run `zone bootstrap --target aws`, which creates the bucket and "
    "prints the `pulumi login` command, or set PULUMI_BACKEND_URL."
)
EXPLANATIONS: Final[Sequence[tuple[str, str]]] = (
    (
        r"the stack is currently locked by|Another update is currently in progress",
        (
            "Another run holds the lock of {stack}, or a killed run left it behind{lock}. Wait for the other run. If "
            "there is none, remove the lock with `pulumi cancel --stack {stack} --yes`, and repeat the command."
        ),
    ),
    (r"PULUMI_ACCESS_TOKEN must be set", LOG_IN),
    (
        r"passphrase must be set",
        "{stack} is encrypted with a passphrase. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
    ),
    (
        r"incorrect passphrase",
        "The passphrase in PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE is not that of {stack}.",
    ),
    (
        r"violates plan|not allowed by the plan",
        (
            "{stack} no longer matches its plan: program, configuration or AWS changed since the plan was saved, or a "
            "part was deployed already. Save a new plan: `zone preview {stack} --target aws --save-plan DIR`."
        ),
    ),
    (
        r"ExpiredToken|security token included in the request is expired|token.{0,20}has expired",
        f"The AWS session has expired. {SIGN_IN}",
    ),
    (
        r"No valid credential sources|failed to refresh cached credentials|NoCredentialProviders|no EC2 IMDS role",
        NO_CREDENTIALS,
    ),
    (
        r"Account ID not allowed|AWS account ID not allowed",
        (
            "The provider of {stack} is in another account than the configuration says. Compare accounts.<name>.id in "
            "Pulumi.yaml with the organization (`zone preflight --target aws`)."
        ),
    ),
    (
        r"no such bucket|NoSuchBucket",
        "The bucket of the backend does not exist. Create it with `zone bootstrap --target aws`.",
    ),
    (
        r"Alias \S+ is not found|NotFoundException.*\bkey\b",
        "The key of the secrets provider does not exist. Create it with `zone bootstrap --target aws --execute`.",
    ),
    (
        r"no space left on device",
        "The disk is full. Free space, and repeat the command: what was deployed is in the state.",
    ),
    (
        r"no such host|connection refused|connection reset|i/o timeout|TLS handshake timeout|network is unreachable",
        "The connection was lost. Check the network, and repeat the command: what was deployed is in the state.",
    ),
    (
        r"no resource plugin|could not (?:load|find) plugin|failed to install plugin|error downloading plugin",
        (
            "The AWS provider plugin cannot be installed. Install it where there is network: "
            "`pulumi plugin install resource aws`."
        ),
    ),
    (
        r"failed to load language plugin|no language plugin",
        "The Python language host of the Pulumi CLI is missing: install the whole CLI, not the `pulumi` file alone.",
    ),
    (
        r"unknown stack|no stack named .* found|does not have a value for|no previous deployment",
        "{stack} refers to a stack that is not deployed.",
    ),
)
"""Pattern in the CLI's output -> message with the placeholders `{stack}` and `{lock}`; the first match counts."""
LOCK_HOLDER: Final = re.compile(r"created by (?P<holder>\S+ \(pid \d+\) at \S+)")


PROTECTED: Final = re.compile(r'resource "(?P<urn>urn:[^"]+)" cannot be deleted\s+because it is protected')


def explained(output: str, stack: str) -> str | None:
    """The message for a failure that is known.

    Args:
        output: everything that the CLI printed.
        stack: name of the stack.

    Returns:
        The message; None when the failure is not known.
    """
    protected = dict.fromkeys(match["urn"].rpartition("::")[2] for match in PROTECTED.finditer(output))
    if protected:
        return f"protected resources were kept: {', '.join(protected)}. They hold data; the others were deleted."
    holder = LOCK_HOLDER.search(output)
    lock = f" (created by {holder['holder']})" if holder else ""
    for pattern, explanation in EXPLANATIONS:
        if re.search(pattern, output, re.IGNORECASE):
            return explanation.replace("{stack}", stack).replace("{lock}", lock)
    return None
