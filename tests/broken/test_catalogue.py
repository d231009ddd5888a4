"""Every clip of the catalogue gives what it must: a marked result, or one line and exit code 1."""

import math
import subprocess
import sys

import av
import pandas as pd
import pytest
from broken import make_clips
from broken.make_clips import CATALOGUE, Measured, Refused
from broken.measure_clip import measure

from tremorcam.apps.tasks import Settings, Task
from tremorcam.apps.workers import measure_side_by_side

# Making and measuring all of them counts to the first test.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]
REFUSED = [broken for broken in CATALOGUE if isinstance(broken.gives, Refused)]
MEASURED = [broken for broken in CATALOGUE if isinstance(broken.gives, Measured)]


@pytest.fixture(scope="session")
def clips(tmp_path_factory):
    """The clips, by name; those that this system cannot make are missing."""
    folder = tmp_path_factory.mktemp("broken")
    for broken in CATALOGUE:
        # No named pipes on Windows, no encoder in some builds of FFmpeg.
        try:
            broken.make(folder / broken.name)
        except (AttributeError, av.codec.codec.UnknownCodecError):
            (folder / broken.name).unlink(missing_ok=True)
    return {broken.name: folder / broken.name for broken in CATALOGUE
            if (folder / broken.name).exists()}  # fmt: skip


@pytest.fixture(scope="session")
def refusals(clips, tmp_path_factory):
    """What the command says to everything that cannot be measured."""
    paths = [str(clips[broken.name]) for broken in REFUSED if broken.name in clips]
    out = tmp_path_factory.mktemp("refused")
    command = [sys.executable, "-m", "tremorcam", "analyze", *paths, "-o", str(out)]
    done = subprocess.run([*command, "--workers", "2"], capture_output=True, check=False)
    return done, done.stderr.decode().splitlines(), pd.read_csv(out / "summary.csv")


@pytest.fixture(scope="session")
def outcomes(clips, tmp_path_factory):
    """What becomes of everything that can be measured, by name."""
    tasks = [
        Task(clips[broken.name], tmp_path_factory.getbasetemp() / "none", Settings(iris_mm=11.71))
        for broken in MEASURED if broken.name in clips
    ]  # fmt: skip
    measured = measure_side_by_side(tasks, lambda *_: None, workers=2, measure=measure)
    return {outcome.video.name: outcome for outcome in measured}


def test_the_command_ends_in_one_line_each(clips, refusals):
    done, lines, summary = refusals
    assert done.returncode == 1
    assert done.stdout == b""
    assert len(lines) == len(summary) == sum(broken.name in clips for broken in REFUSED)
    assert all(line.startswith("error: ") for line in lines)
    assert not any("Traceback" in line or "unexpected" in line for line in lines)
    assert not any(str(clips["zero.mp4"].parent) in line for line in lines)


@pytest.mark.parametrize("name", [broken.name for broken in REFUSED])
def test_what_cannot_be_measured_is_refused_by_name(name, clips, refusals):
    if name not in clips:
        pytest.skip(f"{name} cannot be made on this system")
    (broken,) = (broken for broken in REFUSED if broken.name == name)
    (line,) = (line for line in refusals[1] if line.startswith(f"error: {name}"))
    assert broken.gives.says in line


@pytest.mark.parametrize("name", [broken.name for broken in MEASURED])
def test_what_can_be_read_is_measured_and_marked(name, clips, outcomes):
    if name not in clips:
        pytest.skip(f"{name} cannot be made on this system")
    (broken,) = (broken for broken in MEASURED if broken.name == name)
    outcome, gives = outcomes[name], broken.gives
    assert outcome.error is None
    assert outcome.row["quality"] in gives.quality
    assert set(gives.reasons) <= set(str(outcome.row["quality_reasons"]).split(";"))
    assert gives.says in " ".join(outcome.reasons)
    corners = [line.frequency_hz for line in outcome.lines[:2]]
    if gives.hz == 0:
        assert all(math.isnan(hz) for hz in corners)
    elif gives.hz is not None:
        assert corners == pytest.approx([gives.hz, gives.hz], abs=0.15)
    # Whatever was lost, no other frequency than the true one is told of the face.
    told = outcome.row["frequency_hz"]
    assert math.isnan(told) or told == pytest.approx(make_clips.TRUE_HZ, abs=0.3)


def amplitudes_mm(outcome):
    """Amplitudes of the left and the right mouth corner."""
    return [line.amplitude_p2p_mm for line in outcome.lines[:2]]


# One standard deviation of the millimetre scale, which each of them finds for itself.
SCALE_UNCERTAINTY = 0.04
SHOWN_OTHERWISE = (
    "duration.mp4", "late.mp4", "negative.mp4", "streamed.mkv", "rotated.mp4", "mirrored.mp4",
    "odd.mp4", "two_faces.mp4", "two_streams.mkv", "motion.avi", "vp9.webm", "cropped.mp4",
    "trimmed.mp4", "doubled.mp4", "quiet_end.mp4",
)  # fmt: skip


@pytest.mark.parametrize("name", SHOWN_OTHERWISE)
def test_the_same_face_shown_otherwise_shakes_as_much(name, outcomes):
    if name not in outcomes:
        pytest.skip(f"{name} cannot be made on this system")
    plain = amplitudes_mm(outcomes["fragmented.mp4"])
    assert plain[0] > 1.05 * plain[1]
    assert amplitudes_mm(outcomes[name]) == pytest.approx(plain, rel=SCALE_UNCERTAINTY)


def test_in_a_mirror_left_and_right_swap(outcomes):
    plain = amplitudes_mm(outcomes["fragmented.mp4"])
    mirrored = amplitudes_mm(outcomes["flipped.mp4"])
    assert mirrored == pytest.approx(plain[::-1], rel=SCALE_UNCERTAINTY)
    assert mirrored[1] / mirrored[0] == pytest.approx(plain[0] / plain[1], rel=0.02)


def test_the_counts(clips, outcomes):
    print(
        f"{len(clips)} of {len(CATALOGUE)} broken clips: {len(outcomes)} measured and marked, "
        f"{len(clips) - len(outcomes)} refused in one line"
    )
    assert len(clips) >= 50
