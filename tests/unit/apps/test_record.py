"""``tremorcam record`` with a stand-in for the camera and for the analysis."""

import json

import av
import numpy as np
import pytest
from stub_camera import StandIn
from synthetic_analysis import make_analysis
from typer.testing import CliRunner

from tremorcam.apps.cli import app
from tremorcam.apps.guide import Guide
from tremorcam.apps.protocols import load_protocols, phase_cues


@pytest.mark.parametrize("name", ["quick", "full"])
def test_the_guide_leaves_the_cues_it_gave(name):
    protocol = load_protocols()[name]
    said = []
    guide = Guide(protocol, said.append)
    for time_s in np.arange(0, protocol.duration_s + 0.1, 0.1):
        guide.advance(float(time_s))
    guide.close(protocol.duration_s)
    assert tuple(said) == protocol.steps
    assert [cue["task"] for cue in guide.cues] == [step.task for step in protocol.steps]
    asked = [cue["offset_s"] - cue["onset_s"] for cue in guide.cues]
    assert asked == pytest.approx([step.duration_s for step in protocol.steps], abs=0.11)


def test_cues_become_phases():
    asked = "neutral gentle_smile interrupted rest full_smile pucker eye_closure"
    cues = [{"task": t, "onset_s": n, "offset_s": n + 1} for n, t in enumerate(asked.split())]
    assert phase_cues(cues) == [
        ("neutral", 0.0, 1.0, 0), ("hold", 1.0, 2.0, 1), ("neutral", 3.0, 4.0, 0),
        ("hold", 4.0, 5.0, 2), ("eye_closure", 6.0, 7.0, 0),
    ]  # fmt: skip


def test_recording_and_measuring(tmp_path, monkeypatch):
    given = {}

    def analyze(path, *, cues):
        given.update(path=path, cues=cues)
        return make_analysis()

    monkeypatch.setattr("tremorcam.source.camera.Camera", StandIn)
    monkeypatch.setattr("tremorcam.pipeline.analyze", analyze)
    video = tmp_path / "smile.mkv"
    answer = CliRunner().invoke(
        app, ["record", "--no-preview", "-o", str(video)], catch_exceptions=False
    )
    assert answer.exit_code == 0
    assert "left corner of your mouth" in answer.stdout
    assert "Smile fully" in answer.stderr
    assert given["path"] == video
    assert [phase for phase, *_ in given["cues"]] == ["neutral", "hold", "neutral"]
    assert given["cues"][1][1:3] == pytest.approx((5.0, 20.0), abs=0.11)
    assert (tmp_path / "smile" / "analysis.json").exists()
    cues = json.loads((tmp_path / "smile.cues.json").read_text())
    assert [cue["task"] for cue in cues] == ["neutral", "full_smile", "rest"]
    again = CliRunner().invoke(app, ["record", "--no-preview", "-o", str(video)])
    assert again.exit_code == 2
    assert "never overwritten" in again.stderr.replace("\n", " ")


def test_ctrl_c_leaves_what_was_recorded(tmp_path, monkeypatch):
    class Interrupted(StandIn):
        def read(self):
            if self.n == 20:
                raise KeyboardInterrupt
            return super().read()

    monkeypatch.setattr("tremorcam.source.camera.Camera", Interrupted)
    video = tmp_path / "smile.mkv"
    answer = CliRunner().invoke(app, ["record", "--no-preview", "-o", str(video)])
    assert answer.exit_code != 0
    assert "holds what was recorded" in answer.stderr
    with av.open(video) as container:
        assert len(list(container.decode(video=0))) == 20


def test_an_unknown_test_is_wrong_usage(tmp_path):
    answer = CliRunner().invoke(
        app, ["record", "--protocol", "dance", "-o", str(tmp_path / "a.mkv")]
    )
    assert answer.exit_code == 2
