"""Live guidance: what it says of faces that are moved, turned, lit and smile in known ways."""

import io
import json
import threading
import time
from importlib import resources

import numpy as np
import pytest
from PIL import Image

from tremorcam.anatomy import IRIS_DIAMETER_MM, MOUTH_CORNER
from tremorcam.apps.web.guidance import Capture, Guide, PictureError, decode
from tremorcam.track import geometry
from tremorcam.track.landmarks import FaceLandmarks

from .conftest import ORIGIN

WIDTH, HEIGHT = 320, 180


@pytest.fixture(scope="module")
def portrait():
    """Landmarks of the packaged photograph, centred on the origin, eyes 1 apart."""
    with (
        resources.as_file(resources.files("tremorcam.simulate") / "astronaut.png") as path,
        Image.open(path) as picture,
        FaceLandmarks(follow=False) as finder,
    ):
        (face, *_) = finder.find(np.asarray(picture.convert("L")))
    face[:, :2] -= (face[:, :2].min(axis=0) + face[:, :2].max(axis=0)) / 2
    return turn(face / geometry.interocular_px(face), -geometry.head_angles_deg(face)[2])


def turn(face, roll_deg):
    cos, sin = np.cos(np.radians(roll_deg)), np.sin(np.radians(roll_deg))
    turned = face.copy()
    turned[:, :2] = face[:, :2] @ np.array([[cos, sin], [-sin, cos]])
    return turned


def place(portrait, *, x=0.5, y=0.5, eyes_px=32.0, roll_deg=0.0):
    face = turn(portrait, roll_deg) * eyes_px
    face[:, :2] += (x * WIDTH, y * HEIGHT)
    return face


class KnownFace:
    """Stands in for the network."""

    def __init__(self):
        self.face = None
        self.closed = False

    def find(self, _gray, *, time_s):
        assert time_s > 0
        return [] if self.face is None else [self.face]

    def close(self):
        self.closed = True


def jpeg(grey=128, size=(WIDTH, HEIGHT)):
    pixels = np.broadcast_to(np.asarray(grey, np.uint8), size[::-1])
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()


@pytest.fixture
def known():
    return KnownFace()


@pytest.fixture
def guide(known):
    guide = Guide(known)
    guide.hear(json.dumps({"width_px": 1280, "height_px": 720, "rate_hz": 30}))
    return guide


def failed(advice):
    return {check["code"]: check["text"] for check in advice["checks"] if not check["ok"]}


def test_a_good_picture_is_ready(guide, known, portrait):
    known.face = place(portrait)
    advice = guide.observe(jpeg())
    assert failed(advice) == {}
    assert advice["ready"]
    left, top, width, height = advice["box"]
    assert left + width / 2 == pytest.approx(0.5, abs=0.02)
    assert top + height / 2 == pytest.approx(0.5, abs=0.02)


def test_without_a_face(guide):
    advice = guide.observe(jpeg())
    assert advice["box"] is None
    assert advice["smile"] is None
    assert set(failed(advice)) == {"face"}


@pytest.mark.parametrize(
    ("where", "advised"),
    [
        ({"x": 0.75}, ("centre", "your right")),
        ({"x": 0.25}, ("centre", "your left")),
        ({"y": 0.75}, ("centre", "higher")),
        ({"eyes_px": 15.0}, ("size", "closer")),
        ({"eyes_px": 90.0}, ("size", "back")),
        ({"roll_deg": 18.0}, ("angle", "upright")),
    ],
)
def test_advice_says_where_to_move(guide, known, portrait, where, advised):
    known.face = place(portrait, **where)
    code, word = advised
    assert word in failed(guide.observe(jpeg()))[code]


def test_size_is_that_in_the_camera_not_in_the_small_picture(guide, known, portrait):
    known.face = place(portrait)
    assert "size" not in failed(guide.observe(jpeg()))
    guide.hear(json.dumps({"width_px": 640, "height_px": 360, "rate_hz": 30}))
    assert "closer" in failed(guide.observe(jpeg()))["size"]


@pytest.mark.parametrize(
    ("grey", "word"),
    [(30, "dark"), (240, "bright"), (np.r_[np.full(160, 60), np.full(160, 180)], "shadow")],
)
def test_light(guide, known, portrait, grey, word):
    known.face = place(portrait)
    assert word in failed(guide.observe(jpeg(grey)))["light"]


@pytest.mark.parametrize(("depth", "flickers"), [(0.0, False), (0.005, False), (0.04, True)])
def test_flicker(guide, known, portrait, depth, flickers):
    known.face = place(portrait)
    rng = np.random.default_rng(3)
    phases = rng.uniform(0, 2 * np.pi, 20)
    for phase in phases:
        advice = guide.observe(jpeg(round(128 * (1 + depth * np.sin(phase)))))
    assert ("flicker" in failed(advice)) == flickers


def test_a_slow_change_of_light_is_no_flicker(guide, known, portrait):
    known.face = place(portrait)
    for grey in range(100, 160, 3):
        advice = guide.observe(jpeg(grey))
    assert "flicker" not in failed(advice)


@pytest.mark.parametrize(("rate", "ok"), [(29.97, True), (60, True), (15, False), (7.5, False)])
def test_the_real_rate_is_what_counts(guide, known, portrait, rate, ok):
    guide.hear(json.dumps({"width_px": 1280, "height_px": 720, "rate_hz": rate}))
    known.face = place(portrait)
    assert ("rate" not in failed(guide.observe(jpeg()))) == ok


def test_each_side_smiles_for_itself(guide, known, portrait):
    for _ in range(30):
        known.face = place(portrait)
        advice = guide.observe(jpeg())
    assert advice["smile"] == {"left": 0.0, "right": 0.0}
    smiling = place(portrait)
    px_per_mm = geometry.iris_px(smiling) / IRIS_DIAMETER_MM
    up_and_out = np.array([np.cos(np.radians(47)), -np.sin(np.radians(47))])
    smiling[MOUTH_CORNER["left"], :2] += 6.0 * px_per_mm * up_and_out
    known.face = smiling
    smile = guide.observe(jpeg())["smile"]
    assert smile["left"] == pytest.approx(0.5, abs=0.02)
    assert smile["right"] == 0.0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"width_px": "x"}', '{"width_px": 1e999, "height_px": 1}']
)
def test_nonsense_about_the_camera_counts_as_nothing(text):
    assert Capture.read(text) is None


@pytest.mark.parametrize(
    "data",
    [b"", b"no picture", jpeg()[:200], b"\x89PNG\r\n\x1a\n" + b"0" * 50, jpeg(size=(4000, 4000))],
    ids=["empty", "text", "cut", "png", "bomb"],
)
def test_what_is_no_small_jpeg_is_refused(data):
    with pytest.raises(PictureError):
        decode(data)


def connect(client):
    url = ORIGIN.replace("http", "ws") + "/api/guidance"
    return client.websocket_connect(url, headers={"host": "127.0.0.1:8420", "origin": ORIGIN})


def wait_until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_conversation(app, client, known, portrait):
    known.face = place(portrait)
    app.state.make_guide = lambda: Guide(known)
    with connect(client) as socket:
        socket.send_text(json.dumps({"width_px": 1280, "height_px": 720, "rate_hz": 12}))
        socket.send_bytes(jpeg())
        advice = socket.receive_json()
        assert "12 pictures a second" in failed(advice)["rate"]
        socket.send_bytes(b"nonsense")
        assert "no JPEG" in socket.receive_json()["error"]
        socket.send_bytes(jpeg())
        assert socket.receive_json()["smile"] == {"left": 0.0, "right": 0.0}
        assert app.state.n_guided == 1
    # The server learns a moment later that the other side is gone.
    wait_until(lambda: known.closed and app.state.n_guided == 0)


def test_the_latest_picture_wins(app, client, known):
    going, seen = threading.Event(), []

    class Slow(Guide):
        def observe(self, picture):
            seen.append(picture)
            going.wait(10)
            return {"n": len(seen)}

    app.state.make_guide = lambda: Slow(known)
    with connect(client) as socket:
        for number in range(50):
            socket.send_bytes(bytes([number]))
        going.set()
        socket.receive_json()
        while seen[-1] != bytes([49]):
            socket.receive_json()
    assert len(seen) < 25


def test_a_picture_too_large_ends_the_conversation(app, client, known):
    app.state.make_guide = lambda: Guide(known)
    with connect(client) as socket:
        socket.send_bytes(b"x" * 300_000)
        assert socket.receive()["code"] == 1007


def test_ten_sessions_at_once_and_no_more(app, client):
    app.state.make_guide = lambda: Guide(KnownFace())
    sessions = [connect(client) for _ in range(10)]
    try:
        for session in sessions:
            session.__enter__().send_bytes(jpeg())
            session.receive_json()
        with connect(client) as refused:
            assert refused.receive()["code"] == 1013
    finally:
        for session in sessions:
            session.__exit__(None, None, None)
    wait_until(lambda: app.state.n_guided == 0)
