"""A `pulumi` for PATH that answers as the CLI does, with events over gRPC, from the folder FAKE_PULUMI names.

`script.json` there: stack -> operation -> {"events": [...], "error": text, "kill": bool}; `calls.txt` records calls.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(os.environ["FAKE_PULUMI"])
SCRIPT: dict[str, Any] = json.loads((FOLDER / "script.json").read_text(encoding="utf-8"))
UPDATE = {"kind": "update", "startTime": "2026-11-29T00:00:00.000Z", "message": "", "environment": {}, "config": {}}


def option(words: list[str], name: str) -> str:
    """The value of an option; empty if it is not given."""
    return next(
        (
            word.partition("=")[2] if "=" in word else words[index + 1]
            for index, word in enumerate(words)
            if word == name or word.startswith(f"{name}=")
        ),
        "",
    )


def main(words: list[str]) -> int:
    """Answers one call."""
    stack = option(words, "--stack")
    with (FOLDER / "calls.txt").open("a", encoding="utf-8") as calls:
        calls.write(" ".join(words) + "\n")
    verbs = [word for word in words if not word.startswith("-")]
    if verbs[0] == "version":
        sys.stdout.write("v3.272.0")
    elif verbs[0] == "whoami":
        sys.stdout.write(json.dumps({"user": "u", "url": "s3://state"}))
    elif verbs[:2] == ["stack", "ls"]:
        sys.stdout.write(json.dumps([{"name": name, "current": False, "resourceCount": 5} for name in SCRIPT]))
    elif verbs[:2] == ["stack", "export"]:
        sys.stdout.write(json.dumps({"version": 3, "deployment": {"resources": SCRIPT[stack].get("resources", [])}}))
    elif verbs[:2] == ["stack", "output"]:
        sys.stdout.write("{}")
    elif verbs[:2] == ["stack", "history"]:
        sys.stdout.write(json.dumps([{**UPDATE, "result": "succeeded", "endTime": UPDATE["startTime"], "version": 1}]))
    elif verbs[0] in ("preview", "up", "refresh"):
        return run(stack, verbs[0], words)
    return 0


def run(stack: str, operation: str, words: list[str]) -> int:
    """Streams the events of an operation and ends as the script says."""
    import grpc  # noqa: PLC0415 - takes a second, which most calls need not wait
    from pulumi.runtime.proto import events_pb2, events_pb2_grpc  # noqa: PLC0415

    step = SCRIPT[stack].get(operation, {})
    plan = option(words, "--save-plan")
    if plan:
        Path(plan).write_text("{}", encoding="utf-8")
    events = [*step.get("events", []), {"summaryEvent": {"resourceChanges": step.get("changes", {})}}]
    messages = (
        events_pb2.EventRequest(event=json.dumps({"sequence": number, "timestamp": 0, **event}))
        for number, event in enumerate(events)
    )
    with grpc.insecure_channel(option(words, "--event-log").removeprefix("tcp://")) as channel:
        events_pb2_grpc.EventsStub(channel).StreamEvents(messages, wait_for_ready=True, timeout=600)
    if step.get("kill"):
        os.kill(os.getpid(), signal.SIGKILL)
    if step.get("error"):
        sys.stderr.write(f"error: {step['error']}\n")
        return 255
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
