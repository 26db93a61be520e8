"""A Pulumi project on disk: Pulumi.yaml and the configuration of each stack, merged as the CLI merges them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from rehearsal.engine import yaml_file
from rehearsal.engine.crypter import Crypter, Passphrase
from rehearsal.engine.errors import ProjectError

_PROJECT_KEYS: Final = frozenset(
    {
        "name",
        "runtime",
        "description",
        "author",
        "website",
        "license",
        "main",
        "config",
        "stackConfigDir",
        "backend",
        "template",
    }
)
_STACK_KEYS: Final = frozenset({"config", "encryptedkey", "encryptionsalt", "environment", "secretsprovider"})
"""What the CLI writes into a stack file: `secretsprovider` and `encryptedkey` with a key of AWS KMS, `encryptionsalt`
with a passphrase, `environment` for Pulumi ESC, which only the CLI reads."""
_DECLARATION_KEYS: Final = frozenset({"value", "default", "type", "items", "description", "secret"})
_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class StackConfig:
    """The configuration of a stack: full key (`project:key`) -> text (objects as JSON), and the secret keys."""

    values: Mapping[str, str]
    secret_keys: frozenset[str]

    def __repr__(self) -> str:
        return f"StackConfig(keys={sorted(self.values)}, secret_keys={sorted(self.secret_keys)})"


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A Pulumi project: its name, its folder, and the settings of Pulumi.yaml."""

    name: str
    root: Path
    file: Path
    config_dir: Path
    program: Path
    declarations: Mapping[str, Any]

    @classmethod
    def load(cls, root: Path) -> Self:
        """Load the project of a folder. Raises ProjectError, which names the file and the mistake."""
        root = root.resolve()
        file = next(
            (root / name for name in ("Pulumi.yaml", "Pulumi.yml") if (root / name).exists()), root / "Pulumi.yaml"
        )
        content = yaml_file.load(file)
        _refuse_unknown(file, content, _PROJECT_KEYS, description="key")
        name = content.get("name")
        if not isinstance(name, str) or not name:
            raise ProjectError(f"{file}: name: expected the project's name, found {name!r}")
        runtime = content.get("runtime")
        language = runtime.get("name") if isinstance(runtime, dict) else runtime
        if language != "python":
            raise ProjectError(f"{file}: runtime: this engine runs only python programs, found {language!r}")
        config = content.get("config")
        folder = content.get("stackConfigDir") or (config if isinstance(config, str) else ".")
        declarations = config if isinstance(config, dict) else {}
        return cls(
            name=name,
            root=root,
            file=file,
            config_dir=(root / str(folder)).resolve(),
            program=(root / str(content.get("main") or ".")).resolve(),
            declarations={str(key): value for key, value in declarations.items()},
        )

    def stack_config_file(self, stack: str) -> Path:
        """Return the path of a stack's configuration file, which need not exist."""
        return self.config_dir / f"Pulumi.{stack}.yaml"

    def config(self, stack: str, passphrase: Passphrase) -> StackConfig:
        """Return a stack's configuration with decrypted secrets: the stack's file overrides the project's defaults.

        Raises ProjectError for a malformed file, an unknown key, a missing or wrongly typed value, and
        PassphraseError when a secret cannot be opened.
        """
        file = self.stack_config_file(stack)
        content = yaml_file.load(file) if file.exists() else {}
        _refuse_unknown(file, content, _STACK_KEYS, description="key")
        salt = content.get("encryptionsalt")
        # Only for secrets: a salt alone (the CLI writes one into every stack file) must not ask for its passphrase.
        encrypted = '"secure":' in json.dumps(content.get("config"))
        secrets_provider = content.get("secretsprovider")
        if encrypted and secrets_provider not in (None, "", "passphrase"):
            raise ProjectError(
                f"{file}: config: a value is encrypted with {secrets_provider!r}, and this engine decrypts only with a "
                "passphrase: deploy the stack with `--target aws`, or rehearse without the value"
            )
        needed = salt and encrypted
        crypter = Crypter.open(passphrase, str(salt), where=str(file)) if needed else None
        own = content.get("config") or {}
        if not isinstance(own, dict):
            raise ProjectError(f"{file}: config: expected keys and values, found {type(own).__name__}")
        values: dict[str, str] = {}
        secret_keys: set[str] = set()
        for key, raw in own.items():
            full = self._full(str(key))
            decrypted, had_secret = _decrypt(raw, crypter, where=f"{file}: config: {key}")
            values[full] = _text(decrypted)
            if had_secret:
                secret_keys.add(full)
        self._add_declared(stack, own, values, secret_keys)
        return StackConfig(values=values, secret_keys=frozenset(secret_keys))

    def _full(self, key: str) -> str:
        if ":" not in key:
            return f"{self.name}:{key}"
        # `ns:config:key` is the long form of `ns:key`.
        namespace, _, rest = key.partition(":")
        return f"{namespace}:{rest.removeprefix('config:')}"

    def _add_declared(self, stack: str, own: Mapping[str, Any], values: dict[str, str], secret_keys: set[str]) -> None:
        settings_by_key = {self._full(str(key)): value for key, value in own.items()}
        for key, declaration in self.declarations.items():
            full, location = self._full(key), f"{self.file}: config: {key}"
            if not isinstance(declaration, dict):
                values.setdefault(full, _text(declaration))
                continue
            _refuse_unknown(self.file, declaration, _DECLARATION_KEYS, description=f"config: {key}: key")
            value = declaration.get("value", declaration.get("default"))
            if full not in values:
                if value is None:
                    if full.startswith(f"{self.name}:"):
                        raise ProjectError(f"stack {stack!r} lacks the configuration {key!r} that {self.file} declares")
                    continue
                values[full] = _text(value)
                continue
            if declaration.get("secret") and full not in secret_keys:
                raise ProjectError(
                    f"{self.stack_config_file(stack)}: config: {key} must be encrypted: {location} says secret"
                )
            expected = _TYPES.get(str(declaration.get("type", "")))
            if expected and not (full in secret_keys or _is_a(settings_by_key[full], expected)):
                raise ProjectError(
                    f"{self.stack_config_file(stack)}: config: {key} must be of type {declaration['type']}, "
                    f"found {settings_by_key[full]!r}"
                )


def _is_a(value: Any, expected: tuple[type, ...]) -> bool:
    if expected == (str,):
        return isinstance(value, str | int | float)
    return isinstance(value, expected) and not (isinstance(value, bool) and expected == (int,))


def _refuse_unknown(file: Path, content: Mapping[str, Any], allowed: frozenset[str], *, description: str) -> None:
    unknown = sorted(set(map(str, content)) - allowed)
    if unknown:
        raise ProjectError(
            f"{file}: {description} {unknown[0]!r} is not supported; allowed are {', '.join(sorted(allowed))}"
        )


def _decrypt(value: Any, crypter: Crypter | None, *, where: str) -> tuple[Any, bool]:
    if isinstance(value, dict):
        if set(value) == {"secure"} and isinstance(value["secure"], str):
            if crypter is None:
                raise ProjectError(f"{where}: is encrypted, but the file has no encryptionsalt")
            return crypter.decrypt(value["secure"]), True
        pairs = {str(key): _decrypt(item, crypter, where=f"{where}.{key}") for key, item in value.items()}
        return {key: item for key, (item, _) in pairs.items()}, any(flag for _, flag in pairs.values())
    if isinstance(value, list):
        items = [_decrypt(item, crypter, where=f"{where}[{index}]") for index, item in enumerate(value)]
        return [item for item, _ in items], any(flag for _, flag in items)
    return value, False


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    # The CLI hands objects over with their keys sorted: a program that leans on the file's order shows it here already.
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
