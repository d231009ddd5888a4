"""Requests drawn from the server's own description: none may end in an error of ours."""

import pytest
from hypothesis import HealthCheck, given, settings

from .conftest import ORIGIN

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
HOST = {"host": "127.0.0.1:8420"}


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
