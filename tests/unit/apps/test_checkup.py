import sys

import pytest
from stub_camera import StandIn

from tremorcam.apps import checkup, cli
from tremorcam.data import TremorcamError
from tremorcam.source import camera


def run_doctor(monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setattr(sys, "argv", ["tremorcam", "doctor"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return ended.value.code or 0, capsys.readouterr().out


def test_this_installation_is_in_order(monkeypatch, capsys):
    code, out = run_doctor(monkeypatch, capsys)
    assert code == 0
    assert "Everything is in order." in out
    assert "face_landmarker.task" in out


def test_a_damaged_model_is_named_with_its_remedy(monkeypatch, capsys):
    def damaged():
        raise TremorcamError("the face model is damaged")

    monkeypatch.setattr("tremorcam.track.model.load_model", damaged)
    code, out = run_doctor(monkeypatch, capsys)
    assert code == 1
    assert "wrong" in out
    assert "face model: reinstall tremorcam" in out


@pytest.mark.parametrize(
    ("package", "version", "name"),
    [
        ("mediapipe", "0.10.35", "no reporting"),
        ("mediapipe", "1.0.0", "no reporting"),
        ("opencv-python", "4.10.0", "OpenCV"),
        ("av", None, "av"),
    ],
)
def test_what_is_wrong_with_the_packages_is_found(monkeypatch, package, version, name):
    true_version = checkup._version
    monkeypatch.setattr(
        checkup, "_version", lambda asked: version if asked == package else true_version(asked)
    )
    wrong = [check.name for check in checkup.run_checks() if not check.ok]
    assert wrong == [name]


@pytest.mark.parametrize(("taken_hz", "code"), [(29.97, 0), (15.0, 1)])
def test_a_camera_is_held_to_what_it_delivers(monkeypatch, capsys, taken_hz, code):
    class Webcam(StandIn):
        width_px, height_px, rate_hz = 1280, 720, 30.0

    monkeypatch.setattr(Webcam, "taken_hz", taken_hz)
    monkeypatch.setattr(camera, "Camera", Webcam)
    monkeypatch.setattr(camera.sys, "platform", "win32")
    deliveries = list(camera.try_cameras())
    assert [found.delivered_hz for found in deliveries] == pytest.approx([taken_hz])
    monkeypatch.setattr(camera, "try_cameras", lambda: iter(deliveries))
    found, out = run_doctor(monkeypatch, capsys)
    assert found == code
    assert f"{taken_hz:.1f} pictures a second (30 promised)" in out
