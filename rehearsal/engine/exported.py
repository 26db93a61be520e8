"""A stack that was exported, by the Pulumi CLI or by this engine: checked, and its secrets encrypted anew."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

from rehearsal.engine.checkpoint import VERSION
from rehearsal.engine.crypter import Crypter, Passphrase
from rehearsal.engine.errors import CheckpointError, PassphraseError
from rehearsal.engine.journal import Entry
from rehearsal.engine.resource import encrypt_values
from rehearsal.engine.values import SECRET, SIGNATURE, Value, rewrite

URN_PARTS: Final = 4
"""Parts of a URN: `urn:pulumi:STACK`, project, type and name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Exported:
    """The deployment of an exported stack."""

    resources: Sequence[Entry]
    pending: Sequence[tuple[str, Entry]]
    """Operations whose outcome is unknown: operation and resource."""
    secrets_provider: str
    """Type of the secrets provider; empty when there is none."""
    salt: str
    """Of the secrets provider `passphrase`."""


def read_export(text: str, *, stack: str, project: str, where: str) -> Exported:
    """Read what `pulumi stack export` or `zone export` printed.

    Args:
        text: the document.
        stack: name of the stack that it must be of.
        project: name of the project that it must be of.
        where: its file, for messages.

    Raises:
        CheckpointError: it is no deployment of version 3, or of another stack or project.
    """
    try:
        document = json.loads(text)
        version, deployment = document["version"], document["deployment"] or {}
        resources = list(deployment.get("resources") or ())
        pending = [(str(item["type"]), item["resource"]) for item in deployment.get("pending_operations") or ()]
        provider: Mapping[str, Any] = deployment.get("secrets_providers") or {}
        urns = [str(entry["urn"]) for entry in (*resources, *(entry for _, entry in pending))]
        salt = str((provider.get("state") or {}).get("salt", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CheckpointError(
            f"{where} is not what `pulumi stack export` prints ({type(error).__name__}: {error}). No changes were made."
        ) from error
    if version != VERSION:
        raise CheckpointError(f"{where} has version {version!r}; this engine reads version {VERSION}.")
    for urn in urns:
        parts = urn.split("::", URN_PARTS - 1)
        owner = parts[0].removeprefix("urn:pulumi:"), parts[1] if len(parts) == URN_PARTS else ""
        if owner != (stack, project):
            raise CheckpointError(
                f"{where} is the state of the stack {owner[0]!r} of the project {owner[1]!r}, not of {stack!r} of "
                f"{project!r} ({urn}). No changes were made."
            )
    return Exported(resources=resources, pending=pending, secrets_provider=str(provider.get("type", "")), salt=salt)


def encrypted_anew(exported: Exported, *, passphrase: Passphrase, crypter: Crypter, where: str) -> Exported:
    """Return the deployment with every secret encrypted by the state store's crypter.

    Args:
        exported: the deployment.
        passphrase: opens secrets that were encrypted with a passphrase.
        crypter: of the state store.
        where: file of the deployment, for messages.

    Raises:
        PassphraseError: a secret is encrypted with another passphrase, or with a key that this engine does not have.
    """
    opener: list[Crypter] = []

    def plain(signed: Mapping[str, Any]) -> str:
        if "plaintext" in signed:
            return str(signed["plaintext"])
        if exported.secrets_provider != "passphrase":
            raise PassphraseError(
                f"{where}: secrets are encrypted with {exported.secrets_provider!r}, which only the Pulumi CLI opens. "
                "Export them in plain text and pass them on without a file: `pulumi stack export --stack STACK "
                "--show-secrets | zone import-state STACK -`."
            )
        if not opener:
            opener.append(Crypter.open(passphrase, exported.salt, where=where))
        return opener[0].decrypt(str(signed["ciphertext"]))

    def opened(signed: dict[str, Any]) -> Value:
        if signed[SIGNATURE] != SECRET or not {"plaintext", "ciphertext"} & signed.keys():
            return signed
        return {SIGNATURE: SECRET, "value": rewrite(json.loads(plain(signed)), opened)}

    def entry(resource: Entry) -> Entry:
        return cast("Entry", encrypt_values(rewrite(dict(resource), opened), crypter))

    return Exported(
        resources=[entry(resource) for resource in exported.resources],
        pending=[(operation, entry(resource)) for operation, resource in exported.pending],
        secrets_provider="passphrase",
        salt=crypter.state,
    )
