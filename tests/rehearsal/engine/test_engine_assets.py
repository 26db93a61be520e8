"""Hashes of assets are the CLI's, so that a state goes from one to the other without an update."""

import hashlib
from pathlib import Path

import pytest

from rehearsal.engine.assets import hashed
from rehearsal.engine.differ import inputs_differ
from rehearsal.engine.errors import StepError
from rehearsal.engine.values import ARCHIVE, ASSET, SIGNATURE, Value

BY_THE_CLI = "735bc6ea47d9cc3fe08e9ea5465271e973da53a84c544fcac1a1c7f88cf75742"
"""Of the folder below, by `archive.EnsureHash` of the CLI 3.260 (sdk/go/common/resource/archive)."""
FILES = {"z.txt": "1\n", "sub/y.txt": "22\n", "sub.txt": "3\n"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        file = tmp_path / "made" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path


def digest(value: Value, root: Path) -> str:
    result = hashed(value, root)
    assert isinstance(result, dict)
    return str(result["hash"])


def test_folder_and_its_files_have_the_hash_of_the_cli(folder: Path) -> None:
    assets: Value = {name: {SIGNATURE: ASSET, "text": text} for name, text in FILES.items()}
    assert digest({SIGNATURE: ARCHIVE, "path": "made"}, folder) == BY_THE_CLI
    assert (
        digest({SIGNATURE: ARCHIVE, "assets": assets}, folder) != BY_THE_CLI
    )  # sorted by whole names, as the CLI does
    nested: Value = {
        "sub": {SIGNATURE: ARCHIVE, "path": "made/sub"},
        **{k: v for k, v in assets.items() if "/" not in k},
    }
    assert digest({SIGNATURE: ARCHIVE, "assets": nested}, folder) == BY_THE_CLI


def test_file_hash_is_that_of_its_bytes(folder: Path) -> None:
    expected = hashlib.sha256(b"1\n").hexdigest()
    assert digest({SIGNATURE: ASSET, "path": "made/z.txt"}, folder) == expected
    assert digest({SIGNATURE: ASSET, "text": "1\n"}, folder) == expected
    assert digest({SIGNATURE: ARCHIVE, "path": "made/z.txt"}, folder) == expected


def test_missing_asset_is_reported_by_name(folder: Path) -> None:
    with pytest.raises(StepError, match="archive 'nowhere' cannot be read: it does not exist"):
        digest({SIGNATURE: ARCHIVE, "path": "nowhere"}, folder)
    with pytest.raises(StepError, match=r"asset 'no\.txt' cannot be read: No such file"):
        digest({SIGNATURE: ASSET, "path": "no.txt"}, folder)


def test_asset_of_another_file_with_the_same_content_is_no_difference() -> None:
    old: Value = {"code": {SIGNATURE: ARCHIVE, "assets": {"a.py": {SIGNATURE: ASSET, "path": "/a/a.py"}}, "hash": "1f"}}
    new: Value = {"code": {SIGNATURE: ARCHIVE, "assets": {"a.py": {SIGNATURE: ASSET, "path": "/b/a.py"}}, "hash": "1f"}}
    assert not inputs_differ(old, new).changes
    changed: Value = {"code": {**new["code"], "hash": "2e"}}
    assert inputs_differ(old, changed).detailed == {"code": ("update", True)}
    assert inputs_differ(old, {"code": {**new["code"], SIGNATURE: ASSET}}).changes
