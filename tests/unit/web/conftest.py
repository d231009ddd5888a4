import time

import pytest
from starlette.testclient import TestClient

from tremorcam.apps.web.app import create_app
from tremorcam.apps.web.settings import WebSettings
from tremorcam.store import DataFolder

ORIGIN = "http://127.0.0.1:8420"


def open_client(app, **more):
    """Client that speaks as the server's own page does."""
    headers = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
    return TestClient(app, base_url=ORIGIN, headers=headers, **more)


@pytest.fixture
def settings(tmp_path):
    return WebSettings(DataFolder.open(tmp_path / "data"), analyzer="web_stubs:quick")


@pytest.fixture
def app(settings):
    return create_app(settings)


@pytest.fixture
def client(app, monkeypatch):
    # Most tests need no analysis; those that do ask for `working_client`.
    monkeypatch.setattr(app.state.runner, "start", lambda: None)
    monkeypatch.setattr(app.state.runner, "close", lambda: None)
    with open_client(app) as client:
        yield client


@pytest.fixture
def working_client(app):
    with open_client(app) as client:
        yield client


def upload(client, content=b"video", name="smile.mp4", **options):
    return client.post("/api/uploads", params={"name": name, **options}, content=content)


def wait_for(client, recording_id, *statuses, timeout_s=300):
    """Poll until the recording's job has one of these statuses."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        entry = client.get(f"/api/recordings/{recording_id}").json()
        if entry["job"]["status"] in statuses:
            return entry
        time.sleep(0.1)
    raise AssertionError(f"the job is still {entry['job']}")
