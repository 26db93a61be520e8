"""Blocks of a CSV file: ranges of whole records, the unit of work of both engines.

What a step computes of a block depends on the block alone: pandas, which walks through the blocks of a frame, and
Spark, which gives each block to a worker, reach the same result.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

from workloads.pipeline.errors import StepError
from workloads.pipeline.steps import frames

ROWS: Final = 50_000
"""Records of a block."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Block:
    """A range of records of a file."""

    file: str
    header: int
    """Bytes of the header."""
    start: int
    """Offset of the first record, in bytes."""
    size: int
    """Bytes."""
    first: int
    """Number of the first record, from 0."""
    rows: int

    def read(self) -> pd.DataFrame:
        """The records, as `frames.read` reads them from the whole file; the index counts from the file's first record.

        Raises:
            StepError: the records are not CSV.
        """
        with Path(self.file).open("rb") as file:
            header = file.read(self.header)
            file.seek(self.start)
            frame = frames.parse(io.BytesIO(header + file.read(self.size)), Path(self.file).name)
        if len(frame) != self.rows:
            raise StepError(
                f"{Path(self.file).name} has {len(frame)} records in the range of lines that holds {self.rows}.",
                action="Write the file again with the step select; each record ends with one line feed.",
            )
        frame.index = pd.RangeIndex(self.first, self.first + self.rows)
        return frame


def of_file(file: Path) -> list[Block]:
    """The blocks of a file, by one pass over its lines: a line feed between quotes ends no record.

    Args:
        file: as `frames.write` writes it.

    Raises:
        StepError: the file is missing, has no header or no records, or a quotation does not end.
    """
    if not file.is_file():
        raise StepError(f"{file} does not exist.", action="Name an existing CSV file.")
    with file.open("rb") as lines:
        header = len(lines.readline())
        ranges: list[Block] = []
        start, position, first, count, quoted = header, header, 0, 0, False
        for line in lines:
            position += len(line)
            quoted ^= line.count(b'"') % 2 == 1
            if quoted:
                continue
            count += line not in {b"\n", b"\r\n"}
            if count == ROWS:
                ranges.append(_block(file, header, start, position, first, count))
                start, first, count = position, first + count, 0
    if quoted or not header:
        raise frames.not_csv(file.name)
    if count:
        ranges.append(_block(file, header, start, position, first, count))
    if not ranges:
        raise frames.without_rows(file.name)
    return ranges


def _block(file: Path, header: int, start: int, end: int, first: int, rows: int) -> Block:
    return Block(file=str(file), header=header, start=start, size=end - start, first=first, rows=rows)


def of_frame(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """The same blocks of a frame that is in memory."""
    for start in range(0, len(frame), ROWS):
        yield frame.iloc[start : start + ROWS]
