"""Real faces in real video, with a known motion added where truth is needed."""

import pytest

from tremorcam.data import InputError
from tremorcam.pipeline import analyze
from tremorcam.simulate.inject import inject
from validation.readings import sine_amplitude_mm, value

pytestmark = pytest.mark.slow

STILL_FACE = "ow_notexpressive_1080p30.mp4"


@pytest.fixture(scope="module")
def trembling(clip, tmp_path_factory):
    """Add 0.3 mm at the left mouth corner to the clip of a still face."""
    folder = tmp_path_factory.mktemp("injected")

    def make(hz):
        path = folder / f"{hz}.mp4"
        if not path.exists():
            inject(clip(STILL_FACE), path, hz=hz, mm=0.3)
        return path

    return make


def test_a_still_face_shows_nothing_and_a_low_floor(clip, analysis_of):
    analysis = analysis_of(clip(STILL_FACE))
    for side in ("left", "right"):
        assert not value(analysis, "tremor_frequency", side=side)["detected"]
        assert value(analysis, "noise_density", side=side)["value"] <= 0.010


@pytest.mark.parametrize("hz", [7.0, 10.0])
def test_an_added_tremor_is_read_on_its_side_alone(trembling, analysis_of, hz):
    analysis = analysis_of(trembling(hz))
    frequency = value(analysis, "tremor_frequency")
    assert frequency["detected"]
    assert frequency["value"] == pytest.approx(hz, abs=0.05)
    assert value(analysis, "tremor_amplitude_p2p")["value"] == pytest.approx(0.6, rel=0.1)
    assert not value(analysis, "tremor_frequency", side="right")["detected"]
    assert sine_amplitude_mm(analysis, "mouth_corner_right", hz) <= 0.03


@pytest.mark.parametrize(
    ("name", "rate_hz", "code"),
    [
        ("pyfeat_noface_then_face_hevc_vfr_960x540.mov", 30.0, "irregular_timing"),
        ("lp_s20_woman_dolly_portrait_480x908p30_pulldown25.mp4", 25.0, "duplicate_frames"),
    ],
)
def test_true_rates(clip, analysis_of, name, rate_hz, code):
    analysis = analysis_of(clip(name))
    assert analysis.timing.effective_rate_hz == pytest.approx(rate_hz, abs=0.5)
    assert analysis.quality.has(code)


def test_a_video_without_a_face_is_refused(clip):
    with pytest.raises(InputError, match="shows no face"):
        analyze(clip("pyfeat_no_face_cartoon_960x540p24.mp4"))


def test_of_two_faces_the_largest_is_measured_and_both_are_named(clip, analysis_of):
    analysis = analysis_of(clip("intel_twofaces_tilt_480x270_12fps.gif"))
    assert analysis.quality.has("several_faces")
    assert not analysis.measures.query("measure == 'tremor_frequency'")["detected"].any()
