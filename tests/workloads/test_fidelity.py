"""A synthetic data set leaves only if it is like the real rows and gives none of them away."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")
pytest.importorskip("sklearn")
pytest.importorskip("matplotlib")

from workloads.fidelity.__main__ import main  # noqa: E402 - needs the environment of the workloads
from workloads.readmission import cohort  # noqa: E402 - the same
from workloads.readmission.schema import FIELDS, TARGET  # noqa: E402 - the same

ROWS = 1200
HEADER = ["mrn", *FIELDS, TARGET]


def rows(seed: int, prefix: str) -> list[list[Any]]:
    drawn = cohort.generate(ROWS, seed)
    return [
        [f"{prefix}{number}", *row, outcome]
        for number, (row, outcome) in enumerate(zip(drawn.table.tolist(), drawn.readmitted.tolist(), strict=True))
    ]


def write(file: Path, content: Sequence[Sequence[Any]]) -> Path:
    with file.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([HEADER, *content])
    return file


REAL, UNSEEN, GOOD = rows(1, "R"), rows(2, "U"), rows(3, "SYN")


def shuffled() -> list[list[Any]]:
    """Every column as it was, and none depends on another."""
    random = np.random.default_rng(7)
    columns = [list(column) for column in zip(*GOOD, strict=True)]
    for column in columns[1:]:
        random.shuffle(column)
    return [list(row) for row in zip(*columns, strict=True)]


def shifted() -> list[list[Any]]:
    at = HEADER.index("haemoglobin_g_dl")
    return [[*row[:at], row[at] + 3, *row[at + 1 :]] for row in GOOD]


def copied(count: int) -> list[list[Any]]:
    return [*GOOD[count:], *([f"SYN-{row[0][1:]}", *row[1:]] for row in REAL[:count])]


def noisy(count: int) -> list[list[Any]]:
    at = HEADER.index("creatinine_mg_dl")
    near = [[*row[:at], row[at] + 0.01, *row[at + 1 :]] for row in copied(count)[-count:]]
    return [*GOOD[count:], *near]


@pytest.fixture
def judged(tmp_path: Path) -> Any:
    def judge(synthetic: Sequence[Sequence[Any]], *more: str) -> int:
        return main(
            [
                *("--reference", str(write(tmp_path / "real.csv", REAL))),
                *("--holdout", str(write(tmp_path / "unseen.csv", UNSEEN))),
                *("--synthetic", str(write(tmp_path / "synthetic.csv", synthetic))),
                *("--report", str(tmp_path / "report.html"), "--output", str(tmp_path / "out" / "synthetic.csv")),
                *("--target", TARGET, "--identifier", "mrn", *more),
            ]
        )

    return judge


def failed(text: str) -> set[str]:
    return {line.partition(":")[0] for line in text.splitlines() if ": failed:" in line}


def test_good_set_leaves_with_a_report(judged: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = judged(GOOD)
    assert code == 0, capsys.readouterr().out
    assert (tmp_path / "out" / "synthetic.csv").read_bytes() == (tmp_path / "synthetic.csv").read_bytes()
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.count("<img") == 3
    assert "may leave" in page
    assert "R17" not in page


@pytest.mark.parametrize(
    ("synthetic", "expected"),
    [
        pytest.param(copied(1), {"exact copies"}, id="one copied row"),
        pytest.param(copied(100), {"exact copies", "distance ratio", "membership"}, id="copied rows"),
        pytest.param(noisy(100), {"distance ratio", "membership"}, id="copied rows with noise"),
        pytest.param(shuffled(), {"utility"}, id="broken dependence"),
        pytest.param(shifted(), {"marginals"}, id="shifted column"),
        pytest.param([[f"R{number}", *row[1:]] for number, row in enumerate(GOOD)], {"identifiers"}, id="identifiers"),
    ],
)
def test_planted_fault_is_found_and_the_set_stays(
    judged: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str], synthetic: Any, expected: set[str]
) -> None:
    assert judged(synthetic) == 1
    assert expected <= failed(capsys.readouterr().out)
    assert not (tmp_path / "out").exists()
    assert "does not leave" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_set_made_from_a_schema_is_judged_by_privacy_alone(judged: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(shifted(), "--privacy-only") == 0
    assert "marginals: not decisive" in capsys.readouterr().out
    assert judged(copied(1), "--privacy-only") == 1


def test_wrong_input_is_named_and_no_value_is_repeated(
    judged: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert judged([[*row[:1], "secret", *row[2:]] for row in GOOD]) == 2
    message = capsys.readouterr().err
    assert "synthetic.csv: the column 'age_years' has values that are no numbers" in message
    assert "secret" not in message
    assert judged(GOOD[:3]) == 2
    assert "at least 50" in capsys.readouterr().err
    assert judged(GOOD, "--identifier", "name") == 2
    assert "no column 'name'; columns: mrn" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
