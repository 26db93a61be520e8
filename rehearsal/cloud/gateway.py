"""The door of every listener: region loss, faults, client tokens, then moto; AWS errors instead of stack traces."""

import contextlib
import io
import logging
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from moto import backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from rehearsal.cloud import rules, wire
from rehearsal.cloud.authorization import Authorizer, Denial
from rehearsal.cloud.calls import Calls
from rehearsal.cloud.faults import Fault, Faults
from rehearsal.cloud.partition import GLOBAL, global_services
from rehearsal.cloud.requests import ParsedRequest, parse
from rehearsal.cloud.tokens import Answer, Tokens
from rehearsal.cloud.validation import InvalidRequest, invalid_request

log = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

FORBIDDEN: Final = 403
_UNLOCKED: Final = frozenset({"lambda", "states"})
"""Services whose requests call other services and wait for them."""


class RegionLostError(ConnectionError):
    """The region of a request is down: its connection is dropped without an answer."""


class Gateway:
    """One WSGI application for all listeners; moto's state is shared, so any listener can answer any request."""

    def __init__(self, control: Callable[[Environ, bytes], tuple[int, bytes]], management_account: str) -> None:
        self.authorizer = Authorizer(management_account)
        self.faults = Faults()
        self.tokens = Tokens()
        self.lost: set[str] = set()
        self.calls = Calls()
        self._control = control
        self._moto = DomainDispatcherApplication(_backend)
        # moto's objects are not made for threads: one request a service at a time. It is one process, nothing is lost.
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        body = _body(environ)
        if environ.get("PATH_INFO", "").startswith("/_rehearsal/"):
            status, text = self._control(environ, body)
            start_response(f"{status} control", [("Content-Type", "application/json")])
            return [text]
        scope = wire.credential_scope(environ)
        lost = (GLOBAL if global_services().intersection(scope.services) else scope.region) in self.lost
        request = parse(scope, environ, body)
        if request is not None and not scope.signing_name:
            scope = replace(scope, signing_name=request.service)
        if self.calls.on:
            self._note(scope, request, environ, lost=lost)
        if lost:
            # werkzeug drops what raises this, and leaves the socket open unless it is told.
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise RegionLostError(scope.region)
        refusal = self._refusal(request)
        if refusal is not None:
            status = FORBIDDEN if isinstance(refusal, Denial) else None
            answer = _aws(scope, environ, body, code=refusal.code, message=refusal.message, status=status)
        else:
            answer = self._once(scope, request, environ, body)
            if request is not None and answer.status.startswith("2"):
                self.authorizer.succeeded(request, answer.body)
        headers = [pair for pair in answer.headers if pair[0].lower() not in ("content-length", "connection")]
        start_response(answer.status, [*headers, ("Content-Length", _length(answer, environ))])
        return [answer.body]

    def _refusal(self, request: ParsedRequest | None) -> InvalidRequest | Denial | rules.Refusal | None:
        """Why a request is not carried out: AWS validates it, authorizes it, and checks the state that it needs."""
        if request is None:
            return None
        try:
            return (
                invalid_request(request)
                or self.authorizer.denial(request)
                or rules.refusal(request, self.authorizer.account(request))
            )
        except Exception as error:
            log.exception("deciding %s %s failed", request.service, request.operation)
            return rules.Refusal(code="InternalFailure", message=f"The emulated cloud failed to decide: {error!r}")

    def _note(
        self, scope: wire.CredentialScope, request: ParsedRequest | None, environ: Environ, *, lost: bool
    ) -> None:
        self.calls.add(
            service=request.service if request is not None else next(iter(scope.services), ""),
            operation=request.operation if request is not None else "",
            region=scope.region,
            agent=environ.get("HTTP_USER_AGENT", ""),
            lost=lost,
        )

    def locked(self, signing_name: str) -> threading.Lock:
        """Holds the requests to a service back while it is held: for what the service does by itself meanwhile."""
        return self._locks[signing_name]

    def _once(
        self, scope: wire.CredentialScope, request: ParsedRequest | None, environ: Environ, body: bytes
    ) -> Answer:
        token = environ.get("HTTP_X_REHEARSAL_TOKEN")
        if token is None:
            return self._faulty(scope, request, environ, body)
        with self.tokens.slot(token) as slot:
            if slot.answer is not None:
                return slot.answer
            fault = self._fault(scope, request)
            if fault is not None and fault.error is not None and not fault.after:
                return _failed(fault, scope, environ, body)
            answer = self._moto_answer(scope, environ, body)
            if int(answer.status.split()[0]) < 400:  # noqa: PLR2004 - HTTP's boundary between success and failure
                slot.answer = answer
            return answer if fault is None or fault.error is None else _failed(fault, scope, environ, body)

    def _faulty(
        self, scope: wire.CredentialScope, request: ParsedRequest | None, environ: Environ, body: bytes
    ) -> Answer:
        fault = self._fault(scope, request)
        if fault is None or fault.error is None:
            return self._moto_answer(scope, environ, body)
        if fault.after:
            self._moto_answer(scope, environ, body)
        return _failed(fault, scope, environ, body)

    def _fault(self, scope: wire.CredentialScope, request: ParsedRequest | None) -> Fault | None:
        if not self.faults:
            return None
        names = (request.service, *scope.services) if request is not None else scope.services
        fault = self.faults.take(names, request.operation if request is not None else "", scope.region)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        return fault

    def _moto_answer(self, scope: wire.CredentialScope, environ: Environ, body: bytes) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []
        environ["wsgi.input"] = io.BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        free = scope.signing_name in _UNLOCKED
        try:
            with contextlib.nullcontext() if free else self._locks[scope.signing_name]:
                chunks = self._moto(environ, lambda status, headers, *_: started.append((status, headers)))
                text = b"".join(chunks)
        except NotImplementedError as error:
            return _aws(scope, environ, body, code="NotImplemented", message=str(error), status=501)
        except Exception as error:
            log.exception("moto failed on %s %s", scope, environ.get("PATH_INFO"))
            return _aws(
                scope, environ, body, code="InternalFailure", message=f"the emulator failed: {error!r}", status=500
            )
        status, headers = started[-1]
        if status.startswith("404") and text.lstrip()[:9].lower() == b"<!doctype":
            return _aws(
                scope, environ, body, code="NotImplemented", message="the emulator has no such operation", status=501
            )
        return Answer(status=status, headers=headers, body=text)


def _backend(service: backends.SERVICE_NAMES) -> Any:
    app = create_backend_app(service)
    # What moto raises must come out, to become an error that an AWS client understands.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


def _body(environ: Environ) -> bytes:
    if environ.get("wsgi.input_terminated"):
        return environ["wsgi.input"].read()
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def _aws(
    scope: wire.CredentialScope, environ: Environ, body: bytes, *, code: str, message: str, status: int | None
) -> Answer:
    number, headers, text = wire.error(scope, environ, body, code=code, message=message, status=status)
    return Answer(status=f"{number} {code}", headers=list(headers.items()), body=text)


def _failed(fault: Fault, scope: wire.CredentialScope, environ: Environ, body: bytes) -> Answer:
    return _aws(scope, environ, body, code=fault.error or "InternalFailure", message=fault.message, status=fault.status)


def _length(answer: Answer, environ: Environ) -> str:
    if environ["REQUEST_METHOD"] == "HEAD":
        return next((value for name, value in answer.headers if name.lower() == "content-length"), "0")
    return str(len(answer.body))
