"""The door of every listener: region loss, faults, client tokens, then moto; AWS errors instead of stack traces."""

import contextlib
import io
import logging
import socket
import threading
import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from moto import backends
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from rehearsal.cloud import rules, wire
from rehearsal.cloud.authorization import Authorizer, Caller
from rehearsal.cloud.calls import Calls
from rehearsal.cloud.deliveries.events import EVENTS, error_code
from rehearsal.cloud.faults import Fault, Faults
from rehearsal.cloud.partition import GLOBAL, global_services
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.request_caller import called_by
from rehearsal.cloud.requests import CredentialScope, ParsedRequest, credential_scope, parse
from rehearsal.cloud.tokens import Answer, Tokens
from rehearsal.cloud.validation import invalid_request

log = logging.getLogger(__name__)

Environ = dict[str, Any]
StartResponse = Callable[..., Any]

_UNLOCKED: Final = frozenset({"lambda", "states"})
"""Services whose requests call other services and wait for them."""


class RegionLostError(ConnectionError):
    """The region of a request is down: its connection is dropped without an answer."""


class Gateway:
    """A WSGI application for all listeners; moto's state is shared, so any listener can answer any request."""

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
        scope = credential_scope(environ, body)
        lost = (GLOBAL if global_services().intersection(scope.services) else scope.region) in self.lost
        exchange = _Exchange(scope=scope, request=parse(scope, environ, body), environ=environ, body=body)
        if self.calls.on:
            self._note(exchange, lost=lost)
        if lost:
            # werkzeug drops what raises this, and leaves the socket open unless it is told.
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise RegionLostError(scope.region)
        answer = self._answer(exchange)
        headers = [pair for pair in answer.headers if pair[0].lower() not in ("content-length", "connection")]
        start_response(answer.status, [*headers, ("Content-Length", _length(answer, environ))])
        return [answer.body]

    def _answer(self, exchange: "_Exchange") -> Answer:
        """AWS validates a request, authorizes it, and checks the state that it needs, before it carries it out."""
        request = exchange.request
        if request is None:
            environ = exchange.environ
            described = environ.get("HTTP_X_AMZ_TARGET") or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
            self.authorizer.record.count_unrecognized(exchange.scope.services[0], described)
            return self._once(exchange)
        try:
            caller, refusal = self._decide(request, exchange.request_id)
        except Exception as error:
            log.exception("deciding %s %s failed", request.service, request.operation)
            message = f"The emulated cloud failed to decide: {error!r}"
            caller, refusal = None, Refusal(code="InternalFailure", message=message)
        with called_by(caller.principal.caller_arn if caller is not None else ""):
            answer = self._once(exchange) if refusal is None else exchange.refused(refusal)
        if caller is None:
            return answer
        error = refusal.code if refusal is not None else error_code(answer.status, answer.body)
        EVENTS.add(request, caller, request_id=exchange.request_id, error=error)
        if not error:
            self.authorizer.succeeded(request, caller, answer.body)
        return answer

    def _decide(self, request: ParsedRequest, request_id: str) -> tuple[Caller | None, Refusal | None]:
        """Return the caller of a request, if it was determined, and the refusal, if any."""
        refusal = invalid_request(request)
        if refusal is not None:
            return None, refusal
        caller = self.authorizer.identify(request)
        if isinstance(caller, Refusal):
            return None, caller
        denial = self.authorizer.denial(request, caller, request_id)
        return caller, denial or rules.refusal(request, caller.principal.account)

    def _note(self, exchange: "_Exchange", *, lost: bool) -> None:
        request, scope = exchange.request, exchange.scope
        self.calls.add(
            service=request.service if request is not None else scope.services[0],
            operation=exchange.operation,
            region=scope.region,
            agent=exchange.environ.get("HTTP_USER_AGENT", ""),
            lost=lost,
        )

    def locked(self, signing_name: str) -> threading.Lock:
        """Holds the requests to a service back while it is held: for what the service does by itself meanwhile."""
        return self._locks[signing_name]

    def _once(self, exchange: "_Exchange") -> Answer:
        token = exchange.environ.get("HTTP_X_REHEARSAL_TOKEN")
        if token is None:
            return self._faulty(exchange)
        with self.tokens.slot(token) as slot:
            if slot.answer is not None:
                return slot.answer
            fault = self._fault(exchange)
            if fault is not None and fault.error is not None and not fault.after:
                return _failed(exchange, fault)
            answer = self._moto_answer(exchange)
            if int(answer.status.split()[0]) < 400:  # noqa: PLR2004 - HTTP's boundary between success and failure
                slot.answer = answer
            return answer if fault is None or fault.error is None else _failed(exchange, fault)

    def _faulty(self, exchange: "_Exchange") -> Answer:
        fault = self._fault(exchange)
        if fault is None or fault.error is None:
            return self._moto_answer(exchange)
        if fault.after:
            self._moto_answer(exchange)
        return _failed(exchange, fault)

    def _fault(self, exchange: "_Exchange") -> Fault | None:
        if not self.faults:
            return None
        request, scope = exchange.request, exchange.scope
        names = (request.service, *scope.services) if request is not None else scope.services
        fault = self.faults.take(names, exchange.operation, scope.region)
        if fault is not None and fault.delay:
            time.sleep(fault.delay)
        return fault

    def _moto_answer(self, exchange: "_Exchange") -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []
        environ, signing_name = exchange.environ, exchange.scope.signing_name
        environ["wsgi.input"] = io.BytesIO(exchange.body)
        environ["CONTENT_LENGTH"] = str(len(exchange.body))
        free = signing_name in _UNLOCKED
        try:
            with contextlib.nullcontext() if free else self._locks[signing_name]:
                chunks = self._moto(environ, lambda status, headers, *_: started.append((status, headers)))
                text = b"".join(chunks)
        except NotImplementedError as error:
            return exchange.refused(Refusal(code="NotImplemented", message=str(error), status=501))
        except Exception as error:
            log.exception("moto failed on %s %s", exchange.scope, environ.get("PATH_INFO"))
            message = f"the emulator failed: {error!r}"
            return exchange.refused(Refusal(code="InternalFailure", message=message, status=500))
        status, headers = started[-1]
        if status.startswith("404") and text.lstrip()[:9].lower() == b"<!doctype":
            message = "the emulator has no such operation"
            return exchange.refused(Refusal(code="NotImplemented", message=message, status=501))
        return Answer(status=status, headers=headers, body=text)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Exchange:
    """A request as it arrived, and parsed."""

    scope: CredentialScope
    request: ParsedRequest | None
    """None when it fits no operation of a service."""
    environ: Environ
    body: bytes
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Id in the response to a request that is refused."""

    @property
    def operation(self) -> str:
        """Name of the operation; empty when the request fits none."""
        return self.request.operation if self.request is not None else ""

    def refused(self, refusal: Refusal) -> Answer:
        """The answer to a request that is refused, in the protocol of its service."""
        number, headers, text = wire.error(
            self.scope, self.request, self.environ.get("CONTENT_TYPE"), refusal, self.request_id
        )
        return Answer(status=f"{number} {refusal.code}", headers=list(headers.items()), body=text)


def _backend(service: backends.SERVICE_NAMES) -> Any:
    app = create_backend_app(service)
    # What moto raises must come out, to become an error that an AWS client understands.
    app.config["PROPAGATE_EXCEPTIONS"] = True
    return app


def _body(environ: Environ) -> bytes:
    if environ.get("wsgi.input_terminated"):
        return environ["wsgi.input"].read()
    return environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))


def _failed(exchange: _Exchange, fault: Fault) -> Answer:
    return exchange.refused(Refusal(code=fault.error or "InternalFailure", message=fault.message, status=fault.status))


def _length(answer: Answer, environ: Environ) -> str:
    if environ["REQUEST_METHOD"] == "HEAD":
        return next((value for name, value in answer.headers if name.lower() == "content-length"), "0")
    return str(len(answer.body))
