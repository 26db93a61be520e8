"""The server keeps SageMaker's contract, refuses what it cannot score, and lets no patient data out."""

import contextlib
import http.client
import io
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workloads.conftest import Served, encounter, ready, serve
from workloads.pipeline.definitions import READMISSION
from workloads.readmission.schema import CATEGORIES, FIELDS, NUMBERS, typical
from workloads.serving import logs
from workloads.serving.payloads import CSV, JSON, MOST_BYTES, MOST_ENCOUNTERS, PayloadError, parse

PLANTED = "Jane Q. Patient MRN 00123456"


def test_ping_answers_while_the_model_is_loaded(served: Served) -> None:
    assert served.ask("GET", "/ping").status == 200


def test_response_has_risk_and_model_digest(served: Served) -> None:
    answer = served.score(encounter())
    assert answer.status == 200
    [prediction] = answer.document["predictions"]
    assert 0 < prediction["risk"] < 1
    assert answer.document["model"]["version"] == "7"
    assert len(answer.document["model"]["digest"]) == 64


def test_more_admissions_before_mean_a_higher_risk(served: Served) -> None:
    low, high = served.score(encounter(admissions_12m=0), encounter(admissions_12m=6)).document["predictions"]
    assert low["risk"] < high["risk"]


def test_csv_and_json_score_alike(served: Served) -> None:
    lines = [",".join(FIELDS), ",".join(str(value) for value in typical())]
    answer = served.ask("POST", "/invocations", "\n".join(lines), content_type="text/csv", accept="text/csv")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/csv")
    assert float(answer.body) == served.score(encounter()).document["predictions"][0]["risk"]


def test_a_batch_is_answered_in_order(served: Served) -> None:
    batch = [encounter(age_years=age) for age in range(20, 100)]
    risks = [prediction["risk"] for prediction in served.score(*batch).document["predictions"]]
    assert len(risks) == 80
    assert risks == sorted(risks)


def test_correlation_id_is_returned_and_free_text_is_not(served: Served) -> None:
    correlation_id = str(uuid4())
    assert served.score(encounter(), x_correlation_id=correlation_id).headers["x-correlation-id"] == correlation_id
    assert served.score(encounter(), x_correlation_id=PLANTED).headers["x-correlation-id"] != PLANTED


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"age_years": "sixty"},
            "age_years is not allowed; allowed: a whole number from 18 to 110 (years, 90 = 90 or more)",
        ),
        ({"age_years": 63.5}, "age_years is not allowed; allowed: a whole number"),
        ({"admissions_12m": 1.5}, "admissions_12m is not allowed; allowed: a whole number"),
        ({"age_years": True}, "age_years is not allowed"),
        ({"age_years": 17}, "age_years is not allowed"),
        ({"age_years": None}, "age_years is missing"),
        ({"sex": "F"}, "sex is not allowed; allowed: female, male, unknown"),
        ({"sex": ["male"]}, "sex is not allowed"),
        ({"diagnosis_group": "unseen"}, "diagnosis_group is not allowed"),
        ({"name": PLANTED}, "1 unknown field(s)"),
    ],
)
def test_disallowed_field_is_named_with_allowed_values(served: Served, change: dict[str, Any], message: str) -> None:
    answer = served.score(encounter(**change))
    assert answer.status == 400
    assert any(message in problem for problem in answer.document["error"]["problems"])
    assert PLANTED not in answer.body.decode()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", JSON, 400),
        (b"[NaN]", JSON, 400),
        (json.dumps([encounter()]).replace("60", "NaN", 1).encode(), JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"rows": []}', JSON, 400),
        (b"[]", JSON, 400),
        (b"[1]", JSON, 400),
        (b"\xff\xfe", JSON, 400),
        (b"", CSV, 400),
        (b"a,b\n1,2\n", CSV, 400),
        (b'"', CSV, 400),
        ((",".join(FIELDS) + "\n1,2\n").encode(), CSV, 400),
        (b"[]", "application/x-npy", 415),
        (b"[]", "", 415),
        (json.dumps([encounter()] * (MOST_ENCOUNTERS + 1)).encode(), JSON, 413),
        (b" " * (10 * 2**20), JSON, 413),
    ],
)
def test_a_malformed_payload_gets_a_clear_4xx(served: Served, body: bytes, content_type: str, status: int) -> None:
    answer = served.ask("POST", "/invocations", body, content_type=content_type)
    assert answer.status == status
    assert answer.document["error"]["problems"]
    assert served.ask("GET", "/ping").status == 200


def test_an_answer_nobody_can_give_is_not_acceptable(served: Served) -> None:
    assert served.score(encounter(), accept="image/png").status == 406


def test_body_of_unknown_length_is_limited(served: Served) -> None:
    def endless() -> Any:
        for _ in range(MOST_BYTES // 2**16 + 2):
            yield b" " * 2**16

    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
    connection.request("POST", "/invocations", endless(), {"content-type": JSON}, encode_chunked=True)
    with contextlib.closing(connection):
        assert connection.getresponse().status == 413


def test_other_paths_and_methods_do_not_exist(served: Served) -> None:
    assert served.ask("GET", "/").status == 404
    assert served.ask("GET", "/invocations").status == 405


def test_sigterm_finishes_running_requests_without_logging_payloads(folder: Path) -> None:
    server = ready(serve(folder))
    server.score(encounter(sex=PLANTED), x_correlation_id=PLANTED, x_amzn_sagemaker_custom_attributes=PLANTED)
    server.ask("GET", f"/{PLANTED.split(maxsplit=1)[0]}", content_type=PLANTED)
    body = json.dumps([encounter()] * MOST_ENCOUNTERS).encode()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.putrequest("POST", "/invocations")
    connection.putheader("content-type", JSON)
    connection.putheader("content-length", str(len(body)))
    connection.endheaders(body[:1000])
    server.ask("GET", "/ping")  # by now the server has read the beginning of the request
    server.process.terminate()
    connection.send(body[1000:])
    with contextlib.closing(connection):
        assert connection.getresponse().status == 200
    out = server.stop()
    assert server.process.returncode == 0
    for secret in PLANTED.split():
        assert secret not in out
    events = [json.loads(line) for line in out.splitlines()]
    assert [event["event"] for event in events if "event" in event][-1] == "stopped"
    [metrics] = [event for event in events if "_aws" in event]
    assert (metrics["Requests"], metrics["Refused"], metrics["Failed"]) == (2, 1, 0)
    assert metrics["Encounters"] == MOST_ENCOUNTERS


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(FIELDS) | st.text(), json_values))
def test_any_body_is_scored_or_refused_without_echo(row: dict[str, Any]) -> None:
    body = json.dumps([row]).encode()
    try:
        table = parse(READMISSION, JSON, body)
    except PayloadError as error:
        refused = error
    else:
        assert table.shape == (1, len(FIELDS))
        assert all(isinstance(score, float) for score in table[0, : len(NUMBERS)])
        return
    assert 400 <= refused.status < 500
    words = set(str(refused).replace(",", " ").replace(";", " ").split())
    texts = {value for value in row.values() if isinstance(value, str) and len(value) > 3 and value.isalpha()}
    assert not texts & (words - {name for category in CATEGORIES.values() for name in category.values})


@given(st.binary(max_size=200), st.sampled_from([JSON, CSV]))
def test_no_bytes_make_the_parser_fail_otherwise(body: bytes, kind: str) -> None:
    with pytest.raises(PayloadError):
        parse(READMISSION, kind, body)


@given(st.dictionaries(st.sampled_from([*logs.ALLOWED, "patient", "event"]) | st.text(), json_values), st.text())
def test_log_line_has_only_allowed_fields(fields: dict[str, Any], event: str) -> None:
    stream = io.StringIO()
    fields.pop("event", None)
    logs.logger(stream).bind(**fields).info(event, name=PLANTED, error=PLANTED, correlation_id=PLANTED, path=PLANTED)
    text = stream.getvalue()
    assert PLANTED not in text
    document = json.loads(text)
    assert set(document) <= {*logs.ALLOWED, "event", "dropped"}
    assert document["event"] in {*logs.EVENTS, "unnamed"}
    for name in set(document) - {"event", "dropped"}:
        assert logs.ALLOWED[name](document[name])
