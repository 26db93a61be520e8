"""Policy documents and code that the tests of the emulated cloud share."""

import io
import json
import zipfile
from typing import Any


def document(*statements: dict[str, Any]) -> str:
    """The JSON text of a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def archive() -> bytes:
    """A deployment package of a Lambda function."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as code:
        code.writestr("handler.py", "def handle(event, context): return event\n")
    return buffer.getvalue()
