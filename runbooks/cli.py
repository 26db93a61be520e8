"""The command line of the runbooks. Without `--execute`, a command prints its plan and changes nothing.

It is parsed with the standard library: the single file that is built from the runbooks holds pure Python only.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from runbooks import approval, break_glass, commands, upkeep

Handler = Callable[[argparse.Namespace], int]
"""Runs a command and returns the exit code."""
PREFIX: Final = "hipaa-ml"
_REGION: Final = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")


def main(words: Sequence[str]) -> int:
    """Parses a command line and runs its command.

    Args:
        words: the arguments, without the name of the program. Those after `--` belong to the command of `break-glass`.

    Returns:
        The exit code.
    """
    own = list(words)
    passed_on: list[str] = []
    if "--" in own:
        position = own.index("--")
        own, passed_on = own[:position], own[position + 1 :]
    arguments = _parser().parse_args(own)
    arguments.passed_on = passed_on
    handler: Handler = arguments.handler
    return handler(arguments)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="runbooks",
        description="Move critical endpoints to the other region and back. Nothing changes without --execute.",
    )
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, handler: Handler, *options: Callable[[argparse.ArgumentParser], None]) -> None:
        text = str(handler.__doc__)
        added = subparsers.add_parser(name, help=text.partition("\n")[0], description=text, allow_abbrev=False)
        added.set_defaults(handler=handler)
        for option in options:
            option(added)

    command("readiness", commands.readiness, _zone, _json)
    command("status", commands.status, _zone, _json)
    command("failover", commands.failover, _zone, _json, _operation, _endpoints, _drill, _lost_at)
    command("failback", commands.failback, _zone, _json, _operation, _endpoints, _drill, _conflicts)
    command("drill", commands.drill, _zone, _json, _operation)
    command("approve", commands.approve, _zone, _approved, _execute)
    command("abort", commands.abort, _zone, _execute)
    command("record-answers", upkeep.record_answers, _zone, _execute, _endpoint, _inputs)
    command("withdraw", upkeep.withdraw, _zone, _execute, _endpoint, _back, _poll)
    command("break-glass", break_glass.break_glass, _emergency)
    return parser


def _zone(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--env", "-e", required=True, dest="environment", help="environment, such as prod")
    _region(parser, "a region that answers; the recovery region")
    parser.add_argument("--prefix", default=PREFIX, help=f"the zone's name prefix (default: {PREFIX})")


def _region(parser: argparse.ArgumentParser, text: str) -> None:
    parser.add_argument(
        "--region", default=_REGION, required=not _REGION, help=f"{text} (default: AWS_REGION or AWS_DEFAULT_REGION)"
    )


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", dest="as_json", help="print one JSON document")


def _execute(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--execute", action="store_true", help="execute the plan; without: print the plan and change nothing"
    )


def _poll(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--poll", type=_seconds, default=5.0, help=argparse.SUPPRESS)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if seconds < 0.01:  # noqa: PLR2004 - a shorter pause is a busy loop
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: seconds from 0.01 on")
    return seconds


def _operation(parser: argparse.ArgumentParser) -> None:
    _execute(parser)
    _poll(parser)
    parser.add_argument(
        "--approval",
        action="store_true",
        help="do not ask for typed confirmations: the approval of another person counts (`approve`)",
    )


def _approved(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--operation", choices=("failover", "failback"), required=True, help="the operation that is approved"
    )
    parser.add_argument(
        "--minutes",
        type=_minutes,
        default=60,
        help=f"validity, 1 to {approval.MOST_MINUTES} minutes (default: 60)",
    )


def _minutes(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= approval.MOST_MINUTES:
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed; allowed: 1 to {approval.MOST_MINUTES} minutes")
    return int(text)


def _endpoints(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--endpoint", action="append", default=[], dest="endpoints", help="only this endpoint; may be repeated"
    )


def _endpoint(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--endpoint", required=True, help="name of the endpoint")


def _drill(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--drill", action="store_true", help="mark journal, messages and record as a drill")


def _lost_at(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lost-at", help="when the region was lost (ISO time, UTC); by default now")


def _conflicts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--accept-conflicts", action="store_true", help="continue although both regions wrote some objects"
    )


def _inputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--inputs", type=Path, required=True, help='synthetic inputs: {"cases": [{"instances": […]}, …]}'
    )


def _back(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--back", action="store_true", help="add the region again")


def _emergency(parser: argparse.ArgumentParser) -> None:
    parser.usage = "%(prog)s --account ID --region REGION --reason TEXT [--mfa ARN] -- COMMAND …"
    parser.add_argument("--account", required=True, help="ID of the account, 12 digits")
    _region(parser, "region of the command")
    parser.add_argument("--reason", required=True, help="the reason; CloudTrail records it as the name of the session")
    parser.add_argument("--mfa", help="ARN of your MFA device; the command prompts for its code")
    parser.add_argument("--prefix", default=PREFIX, help=f"the zone's name prefix (default: {PREFIX})")
