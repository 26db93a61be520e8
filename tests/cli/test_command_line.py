"""The command line: every listed command exists, help imports no command, mistakes end without a traceback."""

import subprocess
import sys
from importlib import import_module

import pytest
from typer.testing import CliRunner

from cli.errors import KNOWN_ERRORS, UsageError, is_known
from cli.main import COMMANDS, app

MAX_SUMMARY_LENGTH = 60


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str) -> None:
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage: zone" in result.output or "Usage: root" in result.output


def test_help_fits_in_80_columns() -> None:
    output = CliRunner().invoke(app, ["--help"]).output
    assert all(len(line) <= 80 for line in output.splitlines())
    assert all(len(command.summary) <= MAX_SUMMARY_LENGTH for command in COMMANDS.values())


def test_help_imports_neither_pulumi_nor_boto3() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from cli.main import app; "
        "result = CliRunner().invoke(app, ['--help']); assert result.exit_code == 0; "
        "print(sorted({'pulumi', 'boto3', 'moto', 'grpc', 'pydantic'} & sys.modules.keys()))"
    )
    completed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert completed.stdout.strip() == "[]"


def test_version_is_printed() -> None:
    assert CliRunner().invoke(app, ["--version"]).output.startswith("zone 0.")


@pytest.mark.parametrize("name", sorted(KNOWN_ERRORS))
def test_known_errors_exist(name: str) -> None:
    module, _, cls = name.rpartition(".")
    assert issubclass(getattr(import_module(module), cls), Exception)


def test_subclasses_of_known_errors_are_known() -> None:
    class MissingStackError(UsageError):
        pass

    assert is_known(MissingStackError("x"))
    assert not is_known(ValueError("x"))
