"""`/ping` and `/invocations`: SageMaker Developer Guide, "Custom Inference Code with Hosting Services"."""

import csv
import io
import json
import time
from http import HTTPStatus
from typing import Any, Final

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from workloads.serving import logs
from workloads.serving.guard import Guard
from workloads.serving.metrics import Metrics
from workloads.serving.model import Scores, ServedModel
from workloads.serving.payloads import CSV, JSON, MOST_BYTES, PayloadError, listed, parse

CORRELATION: Final = "x-correlation-id"
ATTRIBUTES: Final = "x-amzn-sagemaker-custom-attributes"
"""Header that SageMaker passes on from the caller (API Reference, `InvokeEndpoint`)."""
PREDICTION: Final = {"classification": "risk", "regression": "value"}
"""Key of a prediction: a risk from 0 to 1, or a value in the unit of the model's target."""
OUTLIER: Final = "out_of_distribution"
"""Key of a prediction for a row unlike the training data."""
RETRY_SECONDS: Final = 60
"""Seconds after which a caller over its limit may send again."""


class Server:
    """Scores encounters with one model. The work takes under a millisecond, so it runs in the event loop."""

    def __init__(self, model: ServedModel, *, guard: Guard, log: Any, metrics: Metrics) -> None:
        self._model = model
        self._guard = guard
        self._log = log
        self._metrics = metrics
        model.score(model.example())  # the first call takes ten times as long; no client waits for it
        self.app = Starlette(
            routes=[
                Route("/ping", self.ping, methods=["GET"]),
                Route("/invocations", self.invocations, methods=["POST"]),
            ]
        )

    async def ping(self, _request: Request) -> Response:
        """200 while the model is loaded; SageMaker asks every five seconds, so it is not logged."""
        return Response(status_code=200)

    async def invocations(self, request: Request) -> Response:
        """Predictions for the encounters of one request."""
        started = time.perf_counter()
        identity = logs.correlation_id(request.headers.get(CORRELATION))
        encounters = outliers = 0
        try:
            accepted = _accepted(request.headers.get("accept"))
            table = parse(self._model.definition, request.headers.get("content-type", ""), await _body(request))
            encounters = len(table)
            self._guard.admit(request.headers.get(ATTRIBUTES), encounters)
            scores = self._model.score(table)
            outliers = sum(scores.outliers)
            answer = self._answer(accepted, scores)
        except PayloadError as error:
            answer = _json(error.status, {"error": {"problems": list(error.problems), "correlation_id": identity}})
            if error.status == HTTPStatus.TOO_MANY_REQUESTS:
                answer.headers["retry-after"] = str(RETRY_SECONDS)
            self._said("request", answer, identity, started, outliers=outliers, problems=len(error.problems))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not print what it was working on
            answer = _json(500, {"error": {"problems": ["the model failed"], "correlation_id": identity}})
            self._said("request_failed", answer, identity, started, error=type(error).__name__)
        else:
            self._said("request", answer, identity, started, outliers=outliers, encounters=encounters)
        answer.headers[CORRELATION] = identity
        return answer

    def _answer(self, accepted: str, scores: Scores) -> Response:
        if self._guard.outliers == "refuse" and any(scores.outliers):
            rows = [f"row {number}: {OUTLIER}" for number, outlier in enumerate(scores.outliers) if outlier]
            raise PayloadError(422, *listed(rows))
        rounded = [round(prediction, self._guard.digits) for prediction in scores.predictions]
        if accepted == CSV:
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerows([prediction] for prediction in rounded)
            return Response(text.getvalue(), media_type=CSV)
        definition = self._model.definition
        key = PREDICTION[definition.kind]
        model = {"name": definition.name, "version": self._model.version, "digest": self._model.manifest.sha256}
        predictions = [
            {key: prediction, **({OUTLIER: True} if outlier else {})}
            for prediction, outlier in zip(rounded, scores.outliers, strict=True)
        ]
        return _json(200, {"predictions": predictions, "model": model})

    def _said(self, event: str, answer: Response, identity: str, started: float, **fields: Any) -> None:
        milliseconds = round((time.perf_counter() - started) * 1000, 3)
        status = answer.status_code
        self._metrics.count(
            status=status,
            milliseconds=milliseconds,
            encounters=fields.get("encounters", 0),
            outliers=fields.get("outliers", 0),
        )
        self._log.info(
            event, path="/invocations", status=status, correlation_id=identity, milliseconds=milliseconds, **fields
        )


async def _body(request: Request) -> bytes:
    """The body, read no further than allowed."""
    too_large = PayloadError(413, f"the body is too large; allowed: at most {MOST_BYTES} bytes")
    declared = request.headers.get("content-length", "0")
    if declared.isdecimal() and int(declared) > MOST_BYTES:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise too_large
    return bytes(body)


def _accepted(header: str | None) -> str:
    """The kind of answer a client takes: JSON unless it wants CSV alone."""
    kinds = [entry.partition(";")[0].strip().lower() for entry in (header or "*/*").split(",")]
    if JSON in kinds or "*/*" in kinds or "application/*" in kinds:
        return JSON
    if CSV in kinds or "text/*" in kinds:
        return CSV
    raise PayloadError(406, f"no such answer; allowed in Accept: {JSON}, {CSV}")


def _json(status: int, document: Any) -> Response:
    return Response(json.dumps(document), status_code=status, media_type=JSON)
