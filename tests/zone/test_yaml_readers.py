"""The engine's YAML reader, which stands in for the Pulumi CLI, and the settings' reader read the same values."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.engine.errors import ProjectError
from rehearsal.engine.yaml_file import load
from zone.settings import files
from zone.settings.errors import SettingsError

SCALARS = (
    *("012345678901", "123456789012", "yes", "no", "on", "true", "True", "null", "~", "2026-01-02", "1_000"),
    *("0x1f", "0o17", "1e3", ".5", "1.5", "-3", "+3", "''", '"12"', "1:30", ".inf", "a b", "é"),
)


def values(folder: Path, text: str) -> tuple[object, object]:
    """One value as both readers read it; the class of the error where a reader refuses it."""
    (folder / "Pulumi.yaml").write_text(
        f"name: hipaa-ml\nruntime: python\nconfig:\n  hipaa-ml:key:\n    value:\n      - {text}\n", encoding="utf-8"
    )
    results: list[object] = []
    for read in (
        lambda: load(folder / "Pulumi.yaml")["config"]["hipaa-ml:key"]["value"][0],
        lambda: files.read(folder, "organization").values["key"][0],
    ):
        try:
            results.append(read())
        except (ProjectError, SettingsError):
            results.append("refused")
    return results[0], results[1]


@pytest.mark.parametrize("text", SCALARS)
def test_both_readers_agree_on_scalars(tmp_path: Path, text: str) -> None:
    engine, settings = values(tmp_path, text)
    assert (engine, type(engine)) == (settings, type(settings))


def test_account_id_with_leading_zero_stays_text(tmp_path: Path) -> None:
    assert values(tmp_path, "012345678901") == ("012345678901", "012345678901")


@given(text=st.text(alphabet="0123456789.+-_eExoabcdefnulltrys:~", min_size=1, max_size=12))
def test_both_readers_agree_on_generated_scalars(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.mktemp("yaml")
    engine, settings = values(folder, text)
    assert (engine, type(engine)) == (settings, type(settings))
