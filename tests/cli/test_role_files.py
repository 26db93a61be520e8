"""`--role` gives the Pulumi CLI copies of the stack files, and leaves the files of the project as they are."""

from pathlib import Path

import pytest
import yaml

from cli.errors import UsageError
from cli.role_files import role_files
from zone.settings.files import parse

STACK_FILE = """\
secretsprovider: awskms://alias/x
encryptedkey: abc
config:
  hipaa-ml:extra: {flag: true, count: 7, account: 012345678901, word: no}
"""


def test_copy_adds_the_role_and_keeps_every_value(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: hipaa-ml\nstackConfigDir: stacks\n", encoding="utf-8")
    original = tmp_path / "stacks" / "Pulumi.audit.yaml"
    original.write_text(STACK_FILE, encoding="utf-8")
    with role_files(tmp_path, ["audit", "security"], "hipaa-ml-preview") as copies:
        written = parse(copies["audit"].read_text(encoding="utf-8"))
        other = parse(copies["security"].read_text(encoding="utf-8"))
        assert yaml.safe_load(copies["audit"].read_text(encoding="utf-8")) == written  # YAML 1.1 and 1.2 agree
    assert written.pop("config") == {
        "hipaa-ml:extra": {"flag": True, "count": 7, "account": "012345678901", "word": "no"},
        "hipaa-ml:assume_role": "hipaa-ml-preview",
    }
    assert written == {"secretsprovider": "awskms://alias/x", "encryptedkey": "abc"}
    assert other == {"config": {"hipaa-ml:assume_role": "hipaa-ml-preview"}}
    assert original.read_text(encoding="utf-8") == STACK_FILE
    assert not copies["audit"].exists()


def test_without_a_role_there_are_no_copies_and_a_broken_file_is_named(tmp_path: Path) -> None:
    with role_files(tmp_path, ["audit"], None) as copies:
        assert not copies
    (tmp_path / "Pulumi.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(UsageError, match=r"Pulumi\.yaml"), role_files(tmp_path, ["audit"], "r"):
        pass
