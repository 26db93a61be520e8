"""CSV files between the steps: a record stays one record, whatever its values hold."""

from pathlib import Path

import pandas as pd
import pytest

from workloads.pipeline.steps import frames


@pytest.mark.parametrize("line_end", ["\r", "\r\n", "\n"])
def test_line_ends_inside_a_value_keep_the_record_whole(tmp_path: Path, line_end: str) -> None:
    frame = pd.DataFrame({"note": [f"first{line_end}second", "plain"], "age": ["50", "60"]}, dtype="str")
    file = tmp_path / "data.csv"
    frames.write(frame, file)
    assert frames.read(file).to_dict("records") == [
        {"note": "first\nsecond", "age": "50"},
        {"note": "plain", "age": "60"},
    ]


def test_same_frame_gives_the_same_bytes(tmp_path: Path) -> None:
    frame = pd.DataFrame({"note": ["a\rb", None], "risk": [0.1, 0.25]})
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    frames.write(frame, first)
    frames.write(frame.copy(), second)
    assert first.read_bytes() == second.read_bytes() == b'note,risk\n"a\nb",0.1\n,0.25\n'
