"""`python -m rehearsal.provider`: serves the AWS provider until stopped, its port alone on the first line."""

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path

from rehearsal.cloud import Cloud, Endpoints
from rehearsal.provider.ledger import NAME, Ledger
from rehearsal.provider.server import serve
from rehearsal.provider.web_identity import WebIdentity


def main() -> int:
    """Serve until SIGTERM, SIGINT, or the end of the process that started this one."""
    parser = argparse.ArgumentParser(prog="python -m rehearsal.provider", description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="the state directory of the rehearsal")
    parser.add_argument("--endpoint", help="another AWS emulator; the state directory's own cloud by default")
    parser.add_argument("--web-identity", type=Path, help="file with the web identity that runs of some stacks use")
    parser.add_argument("--parent-pid", type=int, help="end when this process does")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    arguments.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    ledger = Ledger(arguments.state / NAME)
    if arguments.endpoint is not None:
        endpoints, instance = Endpoints.single(arguments.endpoint, retries=1), arguments.endpoint
    else:
        cloud = Cloud.attach(arguments.state)
        if cloud is None:
            print("The emulated cloud is not running. Start it with `zone cloud start`.", file=sys.stderr)  # noqa: T201
            return 1
        endpoints, instance = cloud.endpoints(retries=1), cloud.instance
    ledger.follow(instance)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    web_identity = WebIdentity.read(arguments.web_identity) if arguments.web_identity is not None else None
    server, port = serve(endpoints, ledger, web_identity)
    print(port, flush=True)  # noqa: T201 - the protocol with the starter
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    while not stopped.wait(0.5):
        if arguments.parent_pid is not None and os.getppid() != arguments.parent_pid:
            break
    server.stop(grace=2).wait()
    ledger.close()
    return 0


sys.exit(main())
