"""The runbooks as one file: the same bytes twice, and a run without any installed package."""

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from runbooks import bundle
from tests.runbooks.recovery_environment import PRIMARY, RECOVERY, RecoveryEnvironment


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("bundle") / "runbooks.pyz"
    bundle.build(output)
    return output


def run(
    file: Path, cache: Path, *words: str, variables: Mapping[str, str] | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs the file isolated from the environment, from the user's and from the machine's packages."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(file), *words],
        cwd=cache,
        env={"PATH": os.environ["PATH"], "HOME": str(cache), "COLUMNS": "160", **(variables or {})},
        input=typed,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_it_is_built_with_the_same_bytes_and_its_hash(file: Path, tmp_path: Path) -> None:
    again = tmp_path / "runbooks.pyz"
    digest = bundle.build(again)
    assert again.read_bytes() == file.read_bytes()
    assert digest == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (tmp_path / "runbooks.pyz.sha256").read_text() == f"{digest}  runbooks.pyz\n"
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        assert {entry.date_time for entry in archive.infolist()} == {bundle._EPOCH}  # pyright: ignore[reportPrivateUsage]
    assert not [name for name in names if name.endswith((".so", ".pyd", ".pyc"))]
    assert {name.partition("/")[0] for name in names} >= {"boto3", "botocore", "rich", "runbooks", "__main__.py"}


def test_it_runs_without_packages_and_extracts_itself_once(file: Path, tmp_path: Path) -> None:
    for _ in range(2):
        done = run(file, tmp_path, "--help")
        assert done.returncode == 0, done.stderr
        assert "break-glass" in done.stdout
    [folder] = (tmp_path / ".cache" / "hipaa-ml-runbooks").iterdir()
    assert folder.name == hashlib.sha256(file.read_bytes()).hexdigest()
    wrong = run(file, tmp_path, "failover", "--env", "prod", "--region", RECOVERY, "--poll", "soon")
    assert wrong.returncode == 2
    assert "'soon' is not allowed; allowed: seconds from 0.01 on" in wrong.stderr


def test_folder_that_others_can_write_to_is_not_used(file: Path, tmp_path: Path) -> None:
    base = tmp_path / ".cache" / "hipaa-ml-runbooks"
    planted = base / hashlib.sha256(file.read_bytes()).hexdigest() / "runbooks"
    planted.mkdir(parents=True)
    (planted / "__init__.py").touch()
    (planted / "__main__.py").write_text("def main():\n    print('planted')\n")
    base.chmod(0o777)
    done = run(file, tmp_path, "--help", variables={"TMPDIR": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert "planted" not in done.stdout


def test_changed_package_is_refused(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "mdurl"
    installed = Path(bundle._distribution("mdurl").locate_file("mdurl"))  # type: ignore[arg-type] # pyright: ignore[reportPrivateUsage]
    shutil.copytree(installed, package)
    [information] = installed.parent.glob("mdurl-*.dist-info")
    shutil.copytree(information, tmp_path / information.name)
    (package / "_parse.py").write_text("planted = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(bundle.BundleError, match=r"mdurl/_parse\.py of mdurl is not what the wheel contained"):
        bundle.build(tmp_path / "runbooks.pyz")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_failover_by_the_single_file(environment: RecoveryEnvironment, file: Path, tmp_path: Path) -> None:
    variables = environment.cloud.environment(via=RECOVERY)
    other = run(file, tmp_path, "status", "--env", "prod", "--region", "eu-west-1", variables=variables)
    assert other.returncode == 2
    assert "no environment 'prod' in eu-west-1" in other.stderr
    assert "account 111122223333" in other.stderr
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.stop_region("global")
    words = ("failover", "--env", "prod", "--execute", "--poll", "0.05")
    done = run(file, tmp_path, *words, variables=variables, typed="failover prod\nus-west-2 serves prod\n")
    assert done.returncode == 0, done.stderr
    assert "us-west-2 serves prod" in done.stdout
    assert "No changes were made" not in done.stdout
    assert environment.writer(RECOVERY) == RECOVERY
