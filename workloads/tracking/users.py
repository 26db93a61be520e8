"""Who sends a request, and whether a name belongs to them: the authorization function of MLflow's `basic-auth` app.

MLflow decides permissions per experiment. This function adds two rules: passwords come from Secrets Manager instead of
MLflow's database, and only a team creates experiments and models whose names begin with its own name.
"""

import hmac
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from flask import Response, request
from werkzeug.datastructures import Authorization

from workloads.tracking.passwords import digest

CREDENTIALS: Final = "TRACKING_CREDENTIALS"
"""Variable with the path of the file of `passwords.refresh`."""
ADMINISTRATOR: Final = "TRACKING_ADMINISTRATOR"
NAMED: Final[Mapping[str, tuple[str, str]]] = {
    "experiments/create": ("name", "/"),
    "experiments/update": ("new_name", "/"),
    "registered-models/create": ("name", "."),
    "registered-models/rename": ("new_name", "."),
}
"""End of a path -> member with a name, and what follows the team in it (a registered model's name has no slash)."""
_cache: dict[str, Any] = {}


def authenticate() -> Authorization | Response:
    """The sender of the current request, or a refusal: 401 without a valid password, 403 for another team's name."""
    authorization = request.authorization
    if authorization is None or authorization.type != "basic" or not _valid(authorization):
        return _refusal(401, "Send the name of your team and its password; docs/tracking.md tells where it is.")
    user = str(authorization.username)
    if user != os.environ[ADMINISTRATOR]:
        refused = _foreign_name(user)
        if refused is not None:
            return _refusal(403, refused)
    return authorization


def _valid(authorization: Authorization) -> bool:
    sent = digest(authorization.password or "")
    accepted = _credentials().get(authorization.username or "", ())
    return any(hmac.compare_digest(sent, entry) for entry in accepted)


def _credentials() -> Mapping[str, Sequence[str]]:
    """User -> hashes of the accepted passwords; read again when the file changed."""
    file = Path(os.environ[CREDENTIALS])
    stamp = file.stat().st_mtime_ns
    if _cache.get("stamp") != stamp:
        _cache.update(stamp=stamp, credentials=json.loads(file.read_text(encoding="utf-8")))
    credentials: Mapping[str, Sequence[str]] = _cache["credentials"]
    return credentials


def _foreign_name(user: str) -> str | None:
    """Why the name in the request is not the user's to give; None when it is, or when there is none."""
    for path, (member, separator) in NAMED.items():
        if not request.path.endswith(f"/mlflow/{path}"):
            continue
        body: Any = request.get_json(silent=True, force=True)
        name = str(body.get(member) or "") if isinstance(body, dict) else ""
        if not name.startswith(f"{user}{separator}"):
            return f"The name {name!r} is not one of team {user}; allowed: names that begin with {user}{separator}"
    return None


def _refusal(status: int, message: str) -> Response:
    code = "UNAUTHENTICATED" if status == 401 else "PERMISSION_DENIED"  # noqa: PLR2004 - the HTTP status
    response = Response(
        json.dumps({"error_code": code, "message": message}), status=status, mimetype="application/json"
    )
    if code == "UNAUTHENTICATED":
        response.headers["WWW-Authenticate"] = 'Basic realm="mlflow"'
    return response
