"""A stub inference container: it starts at once, and its predictions depend on the artifact and the input."""

import argparse
import hashlib
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", type=Path)
    parser.add_argument("--host")
    arguments = parser.parse_args()
    model = (arguments.model / "model.skops").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._say(b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            risk = int(hashlib.sha256(model + body).hexdigest()[:6], 16) / 16**6
            self._say(json.dumps({"predictions": [{"risk": risk}]}).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            return

        def _say(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    ThreadingHTTPServer((arguments.host, int(os.environ["SAGEMAKER_BIND_TO_PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    main()
