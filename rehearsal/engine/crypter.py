"""Encryption of secrets in configuration and checkpoints, as the CLI's passphrase secrets provider does it.

A stack's state is `v1:<salt>:v1:<nonce>:<ciphertext>` (base64), the ciphertext being that of the word "pulumi"; a
value is `v1:<nonce>:<ciphertext>`. The key is PBKDF2-SHA256 of passphrase and salt, 1,000,000 iterations; the cipher
AES-256-GCM.
"""

import base64
import binascii
import functools
import hashlib
import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rehearsal.engine.errors import PassphraseError

_ITERATIONS: Final = 1_000_000
_KEY_BYTES: Final = 32
_SALT_BYTES: Final = 8
_NONCE_BYTES: Final = 12
_WITNESS: Final = "pulumi"
_STATE_PARTS: Final = 3


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Passphrase:
    """The passphrase of a run and its source; `repr` shows only the source."""

    text: str
    source: str

    def __repr__(self) -> str:
        return f"Passphrase(source={self.source!r})"

    @classmethod
    def resolve(cls, state_dir: Path) -> Self:
        """PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE, or one generated into `state_dir`/passphrase (0600).

        Raises PassphraseError when the file that the environment names cannot be read.
        """
        pulumi_config_passphrase = os.environ.get("PULUMI_CONFIG_PASSPHRASE")
        if pulumi_config_passphrase is not None:
            return cls(text=pulumi_config_passphrase, source="PULUMI_CONFIG_PASSPHRASE")
        named = os.environ.get("PULUMI_CONFIG_PASSPHRASE_FILE")
        if named:
            try:
                return cls(text=Path(named).read_text(encoding="utf-8").strip(), source=named)
            except OSError as error:
                raise PassphraseError(
                    f"PULUMI_CONFIG_PASSPHRASE_FILE names {named}, which cannot be read: {error.strerror}"
                ) from error
        return cls._generated(state_dir / "passphrase")

    @classmethod
    def _generated(cls, path: Path) -> Self:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            text = path.read_text(encoding="utf-8").strip()
            if not text:
                raise PassphraseError(
                    f"{path} is empty: restore the passphrase it held, or remove it with the state beside it"
                ) from None
            return cls(text=text, source=str(path))
        text = secrets.token_urlsafe(32)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        return cls(text=text, source=str(path))


class Crypter:
    """Encrypts and decrypts the secrets of one salt; equal plaintexts keep the ciphertext they had when read."""

    def __init__(self, key: bytes, state: str) -> None:
        self.state = state
        self._cipher = AESGCM(key)
        self._seen: dict[str, str] = {}
        self._lock = threading.Lock()

    @classmethod
    def new(cls, passphrase: Passphrase) -> Self:
        """Create a crypter with a new salt."""
        salt = secrets.token_bytes(_SALT_BYTES)
        fresh = cls(_derive(passphrase.text, salt), "")
        fresh.state = f"v1:{base64.b64encode(salt).decode()}:{fresh.encrypt(_WITNESS)}"
        return fresh

    @classmethod
    def open(cls, passphrase: Passphrase, state: str, *, where: str) -> Self:
        """Return the crypter of an existing state; `where` names its file, for messages.

        Raises PassphraseError when the passphrase is wrong or the state is not of a form known here.
        """
        parts = state.split(":", _STATE_PARTS - 1)
        malformed = len(parts) != _STATE_PARTS or parts[0] != "v1"
        try:
            salt = b"" if malformed else base64.b64decode(parts[1], validate=True)
        except (ValueError, binascii.Error):
            malformed, salt = True, b""
        if malformed:
            raise PassphraseError(f"{where}: the encryption salt is not of the form v1:<salt>:v1:<nonce>:<text>")
        opened = cls(_derive(passphrase.text, salt), state)
        try:
            witness = opened.decrypt(parts[2])
        except PassphraseError:
            witness = ""
        if witness != _WITNESS:
            raise PassphraseError(
                f"{where}: the passphrase (from {passphrase.source}) is not the one that opens this stack's secrets"
            )
        return opened

    def encrypt(self, plain: str) -> str:
        """Encrypt a text as `v1:<nonce>:<ciphertext>`."""
        with self._lock:
            if (existing := self._seen.get(plain)) is not None:
                return existing
            nonce = secrets.token_bytes(_NONCE_BYTES)
            sealed = self._cipher.encrypt(nonce, plain.encode(), None)
            created = f"v1:{base64.b64encode(nonce).decode()}:{base64.b64encode(sealed).decode()}"
            self._seen[plain] = created
            return created

    def decrypt(self, text: str) -> str:
        """Decrypt `v1:<nonce>:<ciphertext>`. Raises PassphraseError if the passphrase is another one."""
        try:
            nonce, sealed = text.removeprefix("v1:").split(":")
            plain = self._cipher.decrypt(base64.b64decode(nonce), base64.b64decode(sealed), None).decode()
        except (ValueError, binascii.Error, InvalidTag) as error:
            raise PassphraseError(
                "a secret cannot be decrypted: it is damaged, or was encrypted with another passphrase"
            ) from error
        with self._lock:
            self._seen.setdefault(plain, text)
        return plain


@functools.lru_cache(maxsize=64)
def _derive(passphrase: str, salt: bytes) -> bytes:
    # A fifth of a second: once a salt, not once a stack.
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ITERATIONS, _KEY_BYTES)
