"""`python -m workloads.tracking`: migrates the database, serves MLflow, or asks whether the server is healthy."""

import argparse
import json
import os
import ssl
import sys
import urllib.request
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Final

from workloads.tracking import settings as tracking
from workloads.tracking.serve import INTERVAL, PORT

FAILED: Final = 1
WRONG_SETTING: Final = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command.

    Returns:
        0; 1 when the server is not healthy or ended; 2 when a setting or a secret is missing or wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m workloads.tracking", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring database, users and permissions up to date, and end")
    serve = commands.add_parser("serve", help="serve MLflow over TLS until SIGTERM")
    serve.add_argument("--port", type=int, default=PORT)
    serve.add_argument("--address", default="0.0.0.0", help="address of the interface")  # noqa: S104 - the default of a task
    serve.add_argument("--interval", type=float, default=INTERVAL, help="seconds between two readings of the passwords")
    health = commands.add_parser("health", help="ask the server on this machine whether it is healthy")
    health.add_argument("--port", type=int, default=PORT)
    options = parser.parse_args(arguments)
    if options.command == "health":
        return _health(options.port)
    try:
        settings = tracking.load(os.environ)
        if options.command == "migrate":
            return _migrate(settings)
        from workloads.tracking import serve as server  # noqa: PLC0415 - beside its only use

        return server.run(settings, port=options.port, address=options.address, interval=options.interval)
    except tracking.TrackingError as error:
        print(f"error: {error}", file=sys.stderr)
        return WRONG_SETTING


def _migrate(settings: tracking.TrackingSettings) -> int:
    from workloads.tracking import migrate, serve  # noqa: PLC0415 - beside their only use

    serve.prepare(settings)
    print(json.dumps({"migrated": True, **migrate.run(settings)}))
    return 0


def _health(port: int) -> int:
    certificate = Path(os.environ.get("TRACKING_FOLDER", ".")) / "certificate.pem"
    try:
        context = ssl.create_default_context(cafile=certificate)
        with urllib.request.urlopen(f"https://localhost:{port}/health", timeout=8, context=context) as response:
            healthy = response.status == HTTPStatus.OK
    except OSError as error:
        print(f"error: the server on port {port} does not answer: {error}", file=sys.stderr)
        return FAILED
    return 0 if healthy else FAILED


if __name__ == "__main__":
    sys.exit(main())
