"""Policies: milliseconds a resource for the whole pack, over the analyzer protocol, as the engine calls it."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import json_format, struct_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from tests.policies.examples import CASES

ROOT = Path(__file__).resolve().parents[1]
RESOURCES = 1000


def struct(value: Any) -> struct_pb2.Struct:
    """A property tree on the wire."""
    return json_format.ParseDict(dict(value), struct_pb2.Struct())


def main() -> None:
    """Prints start-up, resource policies and stack policies."""
    examples = [example for case in CASES for example in case.compliant]
    started = time.perf_counter()
    command = [sys.executable, str(ROOT / "policies"), "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        channel = grpc.insecure_channel(f"127.0.0.1:{int(process.stdout.readline())}")
        ready = time.perf_counter()
        stub: Any = analyzer_pb2_grpc.AnalyzerStub(channel)
        resources: list[dict[str, Any]] = [
            {
                "type": example.type,
                "name": f"{example.name}-{number}",
                "urn": f"{example.urn}-{number}",
                "properties": struct(example.props),
                "options": analyzer_pb2.AnalyzerResourceOptions(protect=example.protect),
            }
            for number in range(RESOURCES)
            for example in (examples[number % len(examples)],)
        ]
        begun = time.perf_counter()
        for resource in resources:
            stub.Analyze(analyzer_pb2.AnalyzeRequest(**resource))
        single = time.perf_counter() - begun
        begun = time.perf_counter()
        stub.AnalyzeStack(
            analyzer_pb2.AnalyzeStackRequest(
                resources=[analyzer_pb2.AnalyzerResource(**resource) for resource in resources]
            )
        )
        stack = time.perf_counter() - begun
        channel.close()
        process.terminate()
    print(f"start of the pack            {ready - started:8.2f} s")
    print(f"resource policies            {single / RESOURCES * 1000:8.2f} ms a resource ({RESOURCES} resources)")
    print(f"stack policies               {stack:8.2f} s over {RESOURCES} resources")
    print(f"whole pack                   {(single + stack) / RESOURCES * 1000:8.2f} ms a resource")


if __name__ == "__main__":
    main()
