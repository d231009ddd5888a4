import dataclasses
import re
from html.parser import HTMLParser

import pytest
from synthetic_analysis import make_analysis, make_unusable_analysis

from tremorcam.data import Quality, Reason
from tremorcam.publish import from_json, render_report, save_report, summary_row, to_json
from tremorcam.publish.answer import Estimate
from tremorcam.publish.numbers import format_estimate, format_limit, format_number

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Collects what a page shows and holds, and checks that its tags are closed."""

    def __init__(self, text):
        super().__init__()
        self.open, self.ids, self.links, self.tags, self.words = [], [], [], [], []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            if name == "id":
                self.ids.append(value)
            if name in ("href", "src", "xlink:href"):
                self.links.append((tag, value))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def source():
    return render_report(make_analysis())


@pytest.fixture(scope="module")
def page(source):
    return Page(source)


def test_a_stranger_finds_the_answer(page):
    for words in (
        "the left corner of your mouth shook 7.2 times a second",
        "Is there a tremor? detected",
        "Where? left mouth corner",
        "How fast? 7.2 Hz 95 % interval 7.16 to 7.25 Hz",
        "How large? 0.44 mm peak to peak; 95 % interval 0.40 to 0.49 mm",
        "How sure? p < 0.001",
        "What could hide it? under 0.064 mm",
        "a smaller one, or one outside 3 to 12 Hz, or at 4.2, 10.0 Hz, where something else moves",
        "not a diagnosis",
    ):
        assert words in page.text.replace("\N{NO-BREAK SPACE}", " "), words


def test_left_and_right_stand_side_by_side(page):
    assert "Amplitude, peak to peak none detected 0.44 (0.40 to 0.49) mm" in page.text
    assert "Asymmetry of the tremor 0.93 (0.85 to 0.98)" in page.text


def test_limits_vetoes_and_methods_are_told(page):
    for words in (
        "The head is turned 17° to the side",
        "The nose bridge moves at the same 4.2 Hz",
        "every length here may be off by ± 8 %",
        "Pixels became millimetres by the iris, taken as 11.71 mm wide",
        "a peak from 3 to 12 Hz was looked for, and counts if noise alone",
        "with a probability below 0.001",
        "doi:10.3390/s19194301",
        "measure.band_hz 3, 12",
        "How to cite",
        "When to seek medical advice",
    ):
        assert words in page.text, words


def test_nothing_is_loaded_and_nothing_runs(page, source):
    assert "script" not in page.tags
    for tag, link in page.links:
        inside = link.startswith(("#", "data:image/png;base64,"))
        assert inside or (tag == "a" and link.startswith("https://doi.org/")), (tag, link)
    assert not re.search(r"@import|url\((?!#)", source)


def test_ids_are_unique(page):
    assert len(page.ids) == len(set(page.ids))


def test_hostile_text_is_only_text():
    nasty = '<script>alert("x")</script>'
    analysis = make_analysis(name=f"{nasty}.mp4")
    analysis = dataclasses.replace(
        analysis, words={"answer": nasty, "lay": nasty, "red_flags": [nasty]}
    )
    page = Page(render_report(analysis))
    assert "script" not in page.tags
    assert nasty in page.text


def test_a_saved_analysis_gives_the_same_page(source):
    assert render_report(from_json(to_json(make_analysis()))) == source


def test_the_page_is_small():
    assert len(render_report(make_analysis(duration_s=60.0, rate_hz=60.0)).encode()) < 1_500_000


def test_an_unusable_recording_claims_nothing():
    text = Page(render_report(make_unusable_analysis())).text
    assert "not measured" in text
    assert "none detected" not in text
    assert "could not be assessed" in text
    assert "No face was found" in text


def test_no_tremor_says_what_would_have_been_seen():
    text = Page(render_report(make_analysis(tremor={}))).text
    assert "Is there a tremor? none detected" in text
    assert "under 0.064" in text
    assert "How sure? 19 in 20 tremors of 0.064" in text


def test_what_was_not_assessed_is_not_called_absent():
    """Held smiles that were too short leave rows without an answer, beside one at rest."""
    analysis = make_analysis(tremor={})
    measures = analysis.measures
    held = (measures["phase"] == "hold") & measures["detected"].notna()
    measures["detected"] = measures["detected"].astype(object)
    measures.loc[held, ["value", "noise_floor"]] = float("nan")
    measures.loc[held, "detected"] = None
    text = Page(render_report(dataclasses.replace(analysis, quality=Quality("ok")))).text
    assert "Is there a tremor? could not be assessed" in text
    assert "Amplitude, peak to peak" not in text
    assert "show no tremor" not in text
    assert "Nothing limits" not in text
    assert summary_row(analysis)["detected"] is None


def test_what_was_only_noticed_is_named_where_the_quality_is():
    noticed = "Only 7.6 s could be measured; hold the smile for 15 s or longer."
    quality = Quality("ok", (Reason("too_short", noticed, 7.6, 10.0, "s", "note"),))
    text = Page(render_report(dataclasses.replace(make_analysis(), quality=quality))).text
    assert "Nothing limits" not in text
    badge = text.index("recording: good")
    assert badge < text.index(noticed) < text.index("Where it shakes")


def test_only_a_recording_without_any_reason_is_said_to_have_no_limit():
    text = Page(render_report(dataclasses.replace(make_analysis(), quality=Quality("ok")))).text
    assert "recording: good Nothing limits what this recording can tell." in text


def test_a_threshold_says_on_which_side_of_it_a_value_must_lie(page):
    assert "at least 1.5 ✓ yes" in page.text


def test_no_picture_of_the_person_is_shown_by_itself(source):
    assert "A picture from the recording" not in source
    assert "data:image/jpeg" not in source


def test_a_bare_analysis_can_be_shown():
    bare = dataclasses.replace(
        make_analysis(), words={}, provenance={}, findings=(), vetoes=(), quality=Quality("ok")
    )
    text = Page(render_report(bare)).text
    assert "A tremor was detected: left mouth corner." in text


def test_the_report_is_saved(tmp_path):
    save_report(make_unusable_analysis(), tmp_path / "there" / "report.html")
    assert Page((tmp_path / "there" / "report.html").read_text("utf-8")).text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [
        (0.4449, 2, "0.44"), (12.34, 2, "12"), (0.0321, 2, "0.032"), (-1.5, 2, "−1.5"),
        (0.0, 2, "0"), (float("nan"), 2, "–"), (None, 2, "–"), (7.0, 3, "7.00"),
        (1e-69, 2, "< 0.00001"), (2e-5, 2, "0.00002"), (123456.0, 2, "123456"),
        (float("inf"), 2, "∞"),
    ],
)  # fmt: skip
def test_numbers_are_written_for_people(value, digits, text):
    assert format_number(value, digits) == text


def test_estimates_show_their_interval():
    assert (
        format_estimate(Estimate(0.44, 0.396, 0.4928))
        == "0.44 (0.40\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}0.49)"
    )
    assert format_estimate(Estimate(0.44)) == "0.44"
    assert format_estimate(Estimate()) == "–"
    assert format_limit(0.5, "mm") == "0.50\N{NO-BREAK SPACE}mm"
    assert format_limit(0.5, "1") == "0.50"
    assert format_limit(None, "mm") == "–"
