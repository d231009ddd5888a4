"""The door: whoever is not the server's own page stays outside."""

import dataclasses
import itertools

import pytest
from starlette.routing import Mount, WebSocketRoute
from starlette.testclient import TestClient, WebSocketDenialResponse

from tremorcam.apps.web.app import create_app
from tremorcam.apps.web.security import HEADERS
from tremorcam.apps.web.settings import MAX_BODY_BYTES, MAX_UPLOAD_BYTES

from .conftest import ORIGIN, open_client, upload

SOCKET = ORIGIN.replace("http", "ws") + "/api/guidance"
OWN_HOST = {"host": "127.0.0.1:8420"}
SOME_ID = "0123456789abcdef"

STRANGERS = {
    "rebound name": {"host": "evil.example:8420"},
    "name like ours": {"host": "127.0.0.1.evil.example:8420"},
    "name with ours in front": {"host": "localhost.evil.example:8420"},
    "other port": {"host": "127.0.0.1:80"},
    "no port": {"host": "127.0.0.1"},
    "other machine": {"host": "192.168.0.7:8420"},
    "empty host": {"host": ""},
    "foreign origin": {"origin": "https://evil.example"},
    "origin of another port": {"origin": "http://127.0.0.1:3000"},
    "origin in TLS": {"origin": "https://127.0.0.1:8420"},
    "origin null": {"origin": "null"},
    "cross-site": {"sec-fetch-site": "cross-site"},
    "same-site": {"sec-fetch-site": "same-site"},
}


def routes_of(router):
    """Every route, also of routers that were included (newer FastAPI keeps them whole)."""
    for route in router.routes:
        included = getattr(route, "original_router", None)
        yield from [route] if included is None else routes_of(included)


def all_requests(app):
    """Every method and path that the server answers, and some that it does not."""
    names = {"{recording_id}": SOME_ID, "{offset}": "0", "{name}": "summary.csv"}
    for route in routes_of(app):
        path = route.path
        for name, value in names.items():
            path = path.replace(name, value)
        if isinstance(route, Mount):
            yield from (("GET", f"{path}/{file}") for file in ("index.html", "js/app.js"))
        elif not isinstance(route, WebSocketRoute):
            yield from ((method, path) for method in sorted(route.methods | {"OPTIONS", "HEAD"}))
    yield from [("GET", "/nowhere"), ("POST", "/api/nowhere")]


def test_the_list_of_requests_is_whole(app):
    asked = {path for _, path in all_requests(app)}
    described = {
        path.replace("{recording_id}", SOME_ID).replace("{offset}", "0")
        for path in app.openapi()["paths"]
    }
    assert {path.replace("{name}", "summary.csv") for path in described} <= asked
    assert not any("{" in path for path in asked)
    sockets = [route.path for route in routes_of(app) if isinstance(route, WebSocketRoute)]
    assert [f"ws://127.0.0.1:8420{path}" for path in sockets] == [SOCKET]


def test_strangers_get_403_on_every_route(app, client):
    tried = 0
    for (method, path), (who, headers) in itertools.product(all_requests(app), STRANGERS.items()):
        answer = client.request(method, path, headers=headers)
        assert answer.status_code == 403, (method, path, who)
        tried += 1
    print(f"{tried} requests of strangers refused")
    assert tried > 60 * len(STRANGERS)


def refused_socket(client, headers):
    """Status of the answer to a WebSocket that is turned away."""
    with (
        pytest.raises(WebSocketDenialResponse) as refusal,
        client.websocket_connect(SOCKET, headers=OWN_HOST | headers),
    ):
        pass
    return refusal.value.status_code


def test_our_own_page_is_let_in_to_the_websocket(app, client):
    app.state.n_guided = 10_000
    with client.websocket_connect(SOCKET, headers=OWN_HOST | {"origin": ORIGIN}) as socket:
        assert socket.receive() == {
            "type": "websocket.close", "code": 1013, "reason": "too many cameras are open at once",
        }  # fmt: skip


@pytest.mark.parametrize("who", STRANGERS)
def test_strangers_get_403_on_the_websocket(client, who):
    assert refused_socket(client, {"origin": ORIGIN} | STRANGERS[who]) == 403


def test_a_websocket_without_origin_is_refused(app):
    client = TestClient(app, base_url=ORIGIN)
    assert refused_socket(client, {}) == 403


@pytest.mark.parametrize("host", ["127.0.0.1:8420", "localhost:8420", "[::1]:8420"])
def test_our_own_names_are_let_in(app, host):
    with TestClient(app, base_url=f"http://{host}") as client:
        assert client.get("/api/config", headers={"origin": f"http://{host}"}).status_code == 200


def test_two_hosts_are_refused(client):
    headers = [("host", "127.0.0.1:8420"), ("host", "evil.example:8420")]
    assert client.get("/api/config", headers=headers).status_code == 403


def test_every_answer_carries_the_policies(client):
    for path in ("/", "/static/index.html", "/api/config", "/api/recordings/" + SOME_ID, "/nope"):
        answer = client.get(path)
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, (path, name)
        assert "set-cookie" not in answer.headers
    policy = HEADERS["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_results_are_not_cached(client):
    assert client.get("/api/recordings").headers["cache-control"] == "no-store"


def test_a_body_over_3_gb_is_refused_before_it_is_sent(client):
    answer = client.post(
        "/api/uploads?name=a.mp4", content=b"", headers={"content-length": str(3 * 1024**3)}
    )
    assert answer.status_code == 413
    assert "2048 MB" in answer.json()["detail"]
    assert client.get("/api/recordings").json() == []


def test_a_body_that_lies_about_its_length_is_cut_off(client, monkeypatch):
    monkeypatch.setattr("tremorcam.apps.web.security.MAX_UPLOAD_BYTES", 1000)
    pieces = (b"x" * 400 for _ in range(10))
    answer = client.post("/api/uploads?name=a.mp4", content=pieces)
    assert answer.status_code == 413
    assert client.get("/api/recordings").json() == []
    assert list((client.app.state.history.folder.recordings).iterdir()) == []


def test_other_bodies_are_small(client):
    big = b"[" + b" " * (MAX_BODY_BYTES + 1) + b"]"
    answer = client.put(f"/api/recordings/{SOME_ID}/cues", content=big)
    assert answer.status_code == 413
    assert MAX_BODY_BYTES < MAX_UPLOAD_BYTES


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app.py",
        "/static/%2e%2e/app.py",
        "/static/..%2fapp.py",
        "/static//etc/passwd",
        "/api/recordings/..%2f..%2fhistory.db",
        "/api/recordings/%2e%2e/video",
        "/api/recordings/0123456789abcdeF",
        f"/api/recordings/{SOME_ID}/files/..%2fvideo.mp4",
        f"/api/recordings/{SOME_ID}/files/%2e%2e",
        f"/api/recordings/{SOME_ID}/files/.hidden",
        f"/api/recordings/{SOME_ID}/files/a%00b",
    ],
)
def test_paths_lead_nowhere(client, path):
    assert client.get(path).status_code in (404, 422)


def test_only_files_of_the_result_are_given(client):
    recording = upload(client).json()
    folder = client.app.state.history.folder.recording(recording["id"])
    (folder / "secret.txt").write_text("secret")
    for name in ("secret.txt", "video.mp4", "capture.json"):
        assert client.get(f"/api/recordings/{recording['id']}/files/{name}").status_code == 404


def test_a_name_cannot_inject_headers(client):
    name = 'a"\r\nset-cookie: x=1\r\n\r\n<script>.mp4'
    recording = upload(client, name=name).json()
    answer = client.get(f"/api/recordings/{recording['id']}/video")
    assert "set-cookie" not in answer.headers
    assert "\r" not in recording["name"]


def test_with_a_token_the_api_is_closed(settings):
    app = create_app(dataclasses.replace(settings, host="0.0.0.0", token="open sesame"))
    with open_client(app) as client:
        assert client.get("/").status_code == 200
        assert client.get("/api/recordings").status_code == 401
        assert client.get("/api/recordings?token=wrong").status_code == 401
        assert client.get("/api/recordings?token=open+sesame").status_code == 200
        bearer = {"authorization": "Bearer open sesame"}
        assert client.get("/api/recordings", headers=bearer).status_code == 200
        assert refused_socket(client, {"origin": ORIGIN}) == 401
        lan = {"host": "192.168.0.7:8420", "origin": "http://192.168.0.7:8420"} | bearer
        assert client.get("/api/recordings", headers=lan).status_code == 200
        rebound = {"host": "evil.example:8420", "origin": "http://evil.example:8420"} | bearer
        assert client.get("/api/recordings", headers=rebound).status_code == 403


def test_the_report_is_kept_in_a_sandbox(client):
    recording = upload(client).json()
    folder = client.app.state.history.folder.analysis(recording["id"])
    folder.mkdir()
    (folder / "report.html").write_text("<script>alert(1)</script>")
    answer = client.get(f"/api/recordings/{recording['id']}/report")
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
