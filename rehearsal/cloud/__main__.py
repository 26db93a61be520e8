"""`python -m rehearsal.cloud`: the process of the emulated cloud. Says on its first line whether it came up."""

import argparse
import json
import logging
import os
import signal
import sys
from pathlib import Path

from rehearsal.cloud.daemon import Daemon
from rehearsal.cloud.errors import CloudError


def main() -> int:
    """Serve until stopped by SIGTERM, SIGINT or the control endpoint."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.cloud", description=__doc__)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--regions", required=True)
    parser.add_argument("--management-account", required=True)
    parser.add_argument("--port", type=int)
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    try:
        daemon = Daemon(
            arguments.state,
            regions=arguments.regions.split(","),
            management_account=arguments.management_account,
            port=arguments.port,
        )
    except CloudError as error:
        print(json.dumps({"error": str(error)}), flush=True)  # noqa: T201 - the protocol with the starter
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: daemon.stopped.set())
    daemon.description.write(arguments.state)
    print(json.dumps({"instance": daemon.description.instance}), flush=True)  # noqa: T201 - the same
    # The starter goes away: whatever is printed later must not break on its closed pipe.
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, 1)
    daemon.serve()
    # Nothing is left to be saved, and tidying up moto's objects one by one takes seconds.
    os._exit(0)


sys.exit(main())
