"""Requests drawn from the server's own description: none may end in an error of ours."""

import pytest
from hypothesis import HealthCheck, given, settings

from .conftest import ORIGIN

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
HOST = {"host": "127.0.0.1:8420"}


# Python's reader of JSON takes all of these; none may come back as it is, or break the answer.
ODD_BODIES = (
    "[" * 200_000,
    '{"a":' * 100_000,
    '{"sleep_h": ' + "9" * 5000 + "}",
    '{"sleep_h": NaN}',
    '{"sleep_h": 1e999}',
    '"\\ud800"',
    '{"medication": ["\\ud800"]}',
    '{"\\ud800": "\\ud800"}',
    '{"k": "' + "x" * 2_000_000 + '"}',
    '{"' + "k" * 2_000_000 + '": 1}',
)


@pytest.mark.parametrize("recording", ["recording_id", "kept"])
def test_no_odd_body_breaks_the_server_or_comes_back(app, client, recording):
    if recording == "kept":
        recording = client.post(
            "/api/recordings",
            json={"protocol": "quick", "mime_type": "video/mp4;codecs=avc1.42E01E"},
        ).json()["id"]
    sent = 0
    for path, operations in app.openapi()["paths"].items():
        for method in (name for name, what in operations.items() if "requestBody" in what):
            for body in ODD_BODIES:
                answer = client.request(
                    method.upper(),
                    path.replace("{recording_id}", recording),
                    content=body,
                    headers={"content-type": "application/json"},
                )
                sent += 1
                assert answer.status_code < 500, (method, path, body[:30], answer.text[:200])
                assert len(answer.content) < 10_000, (method, path, body[:30])
    print(f"{sent} odd bodies sent, none broke the server")
    assert sent >= 50


def test_no_drawn_request_breaks_the_server(app, client):
    # Nothing that is drawn is a video; what matters here is what the routes answer.
    assert client.get("/api/config").status_code == 200
    described = schemathesis.openapi.from_dict(app.openapi())
    described.app = app
    sent = 0
    for operation in described.get_all_operations():

        @settings(
            max_examples=20, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.ok().as_strategy())
        def check(case):
            nonlocal sent
            answer = case.call(base_url=ORIGIN, headers=HOST)
            sent += 1
            assert answer.status_code < 500, (case.method, case.path, answer.text)

        check()
    print(f"{sent} requests drawn from the description, none broke the server")
    assert sent > 200
