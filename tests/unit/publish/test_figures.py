import itertools
from concurrent.futures import ThreadPoolExecutor

import matplotlib.text
import numpy as np
import pytest
from matplotlib.patches import FancyArrowPatch
from synthetic_analysis import AXIS_DEG, make_analysis, make_unusable_analysis

from tremorcam.anatomy import REGIONS
from tremorcam.publish import figures
from tremorcam.publish.answer import Answer
from tremorcam.publish.bands import band_displacement, main_axis
from tremorcam.publish.figures.course import spectrogram
from tremorcam.publish.figures.style import inline_svg, thin_out, write_figure

EVERYWHERE = {
    region.key: (6.0 + 0.3 * at, 0.05 + 0.03 * at)
    for at, region in enumerate(REGIONS)
    if region.role == "face"
}
ANALYSES = {
    "left": make_analysis(),
    "none": make_analysis(tremor={}),
    "everywhere": make_analysis(tremor=EVERYWHERE),
    "unusable": make_unusable_analysis(),
}


def _quiet():
    """Flat spectra within one decade, and both sides shaking at one frequency."""
    analysis = make_analysis(
        tremor={"mouth_corner_left": (8.3, 0.4), "mouth_corner_right": (8.3, 0.3)}
    )
    low, high = 4e-6, 4e-5
    for column in ("psd_mm2_per_hz", "noise_psd_mm2_per_hz"):
        analysis.spectra[column] = analysis.spectra[column].clip(low, high)
    return analysis


ANALYSES["both alike"] = _quiet()


def texts_of(figure):
    """Every text that is drawn, with its box; ticks outside the axes are not."""
    figure.canvas.draw()
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]:
                if not low - 1e-9 <= tick.get_loc() <= high + 1e-9 or not axes.axison:
                    hidden |= {tick.label1, tick.label2}
    renderer = figure.canvas.get_renderer()
    return [
        (text.get_text(), text.get_window_extent(renderer))
        for text in figure.findobj(matplotlib.text.Text)
        if text.get_visible() and text.get_text().strip() and text not in hidden
    ]


@pytest.mark.parametrize("case", ["left", "none", "everywhere", "both alike"])
@pytest.mark.parametrize("name", figures.FIGURES)
def test_no_two_labels_overlap_and_none_is_cut_off(name, case):
    figure = figures.FIGURES[name](ANALYSES[case])
    texts = texts_of(figure)
    for (first, box), (second, other) in itertools.combinations(texts, 2):
        apart = box.x1 <= other.x0 + 1 or other.x1 <= box.x0 + 1
        apart = apart or box.y1 <= other.y0 + 1 or other.y1 <= box.y0 + 1
        assert apart, f"{first!r} overlaps {second!r}"
    for text, box in texts:
        inside = box.x0 >= -1 and box.y0 >= -1
        inside = inside and box.x1 <= figure.bbox.x1 + 1 and box.y1 <= figure.bbox.y1 + 1
        assert inside, f"{text!r} is cut off"


@pytest.mark.parametrize("name", ["traces", "spectrum", "course", "eyes"])
def test_every_axis_has_its_unit(name):
    figure = figures.FIGURES[name](ANALYSES["left"])
    labels = [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()]
    labels += [axes.get_xlabel() for axes in figure.axes if axes.get_xlabel()]
    assert labels
    assert all("(" in label or label == "mm" for label in labels), labels


@pytest.mark.parametrize("format", ["svg", "png", "pdf"])
def test_the_same_analysis_gives_the_same_picture(format):
    first, second = (
        write_figure(figures.spectrum(ANALYSES["left"]), format=format, name="x") for _ in range(2)
    )
    assert first == second


def test_figures_can_be_drawn_in_threads():
    with ThreadPoolExecutor(2) as pool:
        drawn = list(pool.map(figures.sides, [ANALYSES["left"]] * 4))
    alone = write_figure(figures.sides(ANALYSES["left"]), format="svg", name="x")
    assert all(write_figure(figure, format="svg", name="x") == alone for figure in drawn)


def test_figures_are_saved_under_their_names(tmp_path):
    figures.save_figures(ANALYSES["unusable"], tmp_path, format="svg")
    assert {path.name for path in tmp_path.iterdir()} == {f"{n}.svg" for n in figures.FIGURES}


def test_the_spectrum_marks_the_peak_and_its_interval():
    axes = figures.spectrum(ANALYSES["left"]).axes[1]
    marks = [line for line in axes.lines if line.get_marker() == "v"]
    assert [float(line.get_xdata()[0]) for line in marks] == [7.2]
    curves = [line for line in axes.lines if len(line.get_xdata()) > 10 and line.get_lw() == 1.5]
    assert len(curves) == 2
    spectra = ANALYSES["left"].spectra
    left = spectra[(spectra["region"] == "mouth_corner") & (spectra["side"] == "left")]
    np.testing.assert_array_equal(curves[0].get_ydata(), left["psd_mm2_per_hz"])


def test_what_cannot_be_told_is_marked():
    texts = [text for text, _ in texts_of(figures.spectrum(ANALYSES["left"]))]
    assert any("the head 4.2 Hz" in text for text in texts)
    assert any("the light 10 Hz" in text for text in texts)


def test_sides_show_each_amplitude_where_it_is():
    right, left = figures.sides(ANALYSES["left"]).axes
    filled = [line for line in left.lines if line.get_marker() == "o" and line.get_mec() == "white"]
    np.testing.assert_allclose(
        sorted(float(line.get_xdata()[0]) for line in filled), [0.14, 0.26, 0.44]
    )
    assert not [line for line in right.lines if line.get_marker() == "s"]


def test_arrows_point_along_the_axis_of_the_tremor():
    axes = figures.face_map(ANALYSES["left"]).axes[0]
    arrows = [patch for patch in axes.patches if isinstance(patch, FancyArrowPatch)]
    assert len(arrows) == 3
    for arrow in arrows:
        (x0, y0), (x1, y1) = arrow._posA_posB
        assert np.degrees(np.arctan2(y1 - y0, x1 - x0)) == pytest.approx(AXIS_DEG)


def test_the_band_keeps_a_sine_and_drops_the_rest():
    analysis = make_analysis(tremor={"mouth_corner_left": (7.0, 0.2)})
    time_s = analysis.signals["time_s"].values
    motion = band_displacement(analysis.signals, "mouth_corner_left")
    held = (time_s > 6) & (time_s < 15)
    along = motion @ main_axis(motion[held])
    # The envelope grows in a straight line from 0.6925 to 1.3075 of 0.2 mm; in the middle it is 1.
    middle = (time_s > 10.2) & (time_s < 11.2)
    assert np.sqrt(2) * np.std(along[middle]) == pytest.approx(0.2, rel=0.08)
    assert main_axis(motion[held]) == pytest.approx([0.35, 0.94], abs=0.03)


def test_the_band_never_bridges_gaps():
    analysis = make_analysis()
    analysis.signals["displacement_mm"].values[200:230] = np.nan
    motion = band_displacement(analysis.signals, "mouth_corner_left")
    assert np.isnan(motion[200:230]).all()
    assert np.isfinite(motion[:200]).all()
    assert np.isfinite(motion[230:]).all()


def test_repeated_frames_within_a_stretch_lie_between_their_neighbours():
    motion = band_displacement(ANALYSES["left"].signals, "mouth_corner_left")
    assert np.isfinite(motion[40:42]).all()


def test_the_spectrogram_is_brightest_at_the_tremor():
    at_s, frequency_hz, power = spectrogram(ANALYSES["left"], "mouth_corner_left", top_hz=12)
    window = (at_s > 8) & (at_s < 15)
    strongest = frequency_hz[power[:, window].argmax(axis=0)]
    np.testing.assert_allclose(strongest, 7.2, atol=0.13)


def test_thinning_keeps_the_extremes():
    rng = np.random.default_rng(3)
    x, y = np.arange(100_000.0), rng.normal(size=100_000)
    y[500:900] = np.nan
    short_x, short_y = thin_out(x, y)
    assert len(short_x) <= 2400
    assert np.nanmax(short_y) == np.nanmax(y)
    assert np.nanmin(short_y) == np.nanmin(y)
    assert (np.diff(short_x) > 0).all()


def test_svg_stands_in_a_page_without_clashing_ids():
    texts = [
        inline_svg(figures.sides(ANALYSES["left"]), name=name, label='a < b & "c"')
        for name in ("one", "two")
    ]
    assert texts[0].startswith('<svg role="img" aria-label="a &lt; b &amp; &quot;c&quot;"')
    assert "<?xml" not in texts[0]
    ids = [{part.split('"')[0] for part in text.split(' id="')[1:]} for text in texts]
    assert ids[0]
    assert not ids[0] & ids[1]


def test_the_answer_prefers_the_held_smile():
    analysis = make_analysis()
    measures = analysis.measures
    stronger = (measures["region"] == "brow") & (measures["measure"] == "tremor_amplitude_p2p")
    measures.loc[stronger, "phase"] = "neutral"
    measures.loc[stronger, "value"] = 5.0
    measures["detected"] = measures["detected"].astype(object)
    measures.loc[stronger, "detected"] = True
    tremor = Answer(analysis).tremor
    assert (tremor.key, tremor.stretch.phase) == ("mouth_corner_left", "hold")
