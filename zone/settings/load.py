"""Reads the settings from configuration values or files, and reports every invalid value at once."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from zone.settings import checks, files, messages
from zone.settings.errors import SettingsError
from zone.settings.model import Settings


def parse_settings(values: Mapping[str, Any], origins: Mapping[str, str]) -> Settings:
    """Validates configuration values.

    Args:
        values: key without namespace -> value, as `files.read` returns them.
        origins: key without namespace -> the file that the key comes from; error messages name it.

    Returns:
        The settings, of which every value and every combination of values is allowed.

    Raises:
        SettingsError: one line per invalid value, with file, key and what is allowed.
    """
    try:
        settings = Settings.model_validate_json(json.dumps(values))
        problems = list(checks.problems(settings))
    except ValidationError as error:
        problems = list(messages.problems(error.errors(), Settings))
    else:
        if not problems:
            return settings
    raise SettingsError(
        [
            f"{origins.get(str(problem.path[0]), files.PROJECT_FILE)}: {problem.key}: {problem.message}"
            for problem in problems
        ]
    )


def settings_from_files(root: Path, stack: str, project_text: str | None = None) -> Settings:
    """Reads the settings of a stack from `Pulumi.yaml` and the stack's file, without a running program.

    Args:
        root: the folder of `Pulumi.yaml`.
        stack: the stack's name; its file may be absent.
        project_text: content of `Pulumi.yaml` instead of what the file contains; for a change to be checked.

    Returns:
        The validated settings.

    Raises:
        SettingsError: a file that does not exist or is not YAML, or an invalid value.
    """
    sources = files.read(root, stack, project_text)
    return parse_settings(sources.values, sources.origins)
