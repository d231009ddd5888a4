import numpy as np
import pandas as pd
import pytest
from synthetic_analysis import make_analysis, make_unusable_analysis

from tremorcam.data import TremorcamError
from tremorcam.publish import (
    failed_row,
    report_cohort,
    save_cohort_report,
    summary_row,
    write_summary,
)
from tremorcam.publish.cohort import _share
from tremorcam.publish.figures import cohort


def make_rows():
    tremors = [{"mouth_corner_left": (7.0, 0.2)}, {"mouth_corner_right": (9.0, 0.1)}, {}]
    rows = [
        summary_row(make_analysis(name=f"p{at}.mp4", tremor=tremor))
        for at, tremor in enumerate(tremors)
    ]
    return [
        *rows,
        summary_row(make_unusable_analysis()),
        failed_row("a.txt", "a.txt is no <video>"),
    ]


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    path = tmp_path_factory.mktemp("cohort") / "summary.csv"
    write_summary(make_rows(), path)
    return path


def test_recordings_are_compared(summary):
    page = report_cohort(summary)
    assert "A tremor was detected in 2 of 3 recordings; 2 more could not tell." in page
    assert "0.40 (0.36 to 0.45)" in page.replace("\N{NO-BREAK SPACE}", " ")
    assert "none above 0.064" in page
    assert "a.txt is no &lt;video&gt;" in page
    assert "<script" not in page
    assert page.count("<svg ") == 2


def test_groups_are_compared_by_any_column(summary, tmp_path):
    table = pd.read_csv(summary)
    table["arm"] = ["before", "after", "after", "before", "after"]
    table.to_csv(tmp_path / "arms.csv", index=False)
    save_cohort_report(tmp_path / "arms.csv", tmp_path / "cohort.html", group="arm")
    page = (tmp_path / "cohort.html").read_text("utf-8")
    assert page.count("<svg ") == 3
    assert "1 of 1" in page
    assert "1 of 2" in page
    table.rename(columns={"arm": "group"}).to_csv(tmp_path / "group.csv", index=False)
    assert report_cohort(tmp_path / "group.csv").count("<svg ") == 3


def test_many_recordings_are_thinned_out():
    row = summary_row(make_analysis(tremor={"mouth_corner_left": (7.0, 0.2)}))
    table = pd.DataFrame([row | {"video": f"{at}.mp4"} for at in range(200)])
    table = table.assign(group="all", group_index=0)
    figure = cohort.amplitudes(table)
    assert len(figure.axes[0].get_yticks()) == 60
    assert figure.get_figheight() < 14


def test_nothing_measured_is_said(tmp_path):
    write_summary([failed_row("a.txt", "no video")], tmp_path / "summary.csv")
    page = report_cohort(tmp_path / "summary.csv")
    assert "A tremor was detected in 0 of 0 recordings; 1 more could not tell." in page
    assert "no recording could be measured" in page


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "cannot be read"),
        ("a,b\n1,2\n", "no summary.csv"),
        ("video,error\n", "it lacks quality"),
    ],
)
def test_other_files_are_refused(tmp_path, text, message):
    (tmp_path / "x.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TremorcamError, match=message):
        report_cohort(tmp_path / "x.csv")


def test_a_missing_file_or_group_is_told(summary, tmp_path):
    with pytest.raises(TremorcamError, match="cannot be read"):
        report_cohort(tmp_path / "none.csv")
    with pytest.raises(TremorcamError, match="has no column 'arm'"):
        report_cohort(summary, group="arm")


def test_shares_have_their_interval():
    # 7 of 10: Wilson 0.397 to 0.892.
    assert _share(7, 10) == "70 % (40 to 89)"
    assert _share(0, 5) == "0 % (0 to 43)"
    assert _share(0, 0) == "–"


def test_a_side_without_tremor_stands_at_its_limit():
    table = pd.DataFrame(make_rows()[:1]).assign(group="all", group_index=0)
    second = cohort.frequencies(table).axes[1]
    (point,) = (line for line in second.lines if line.get_marker() == "o")
    np.testing.assert_allclose((point.get_xdata()[0], point.get_ydata()[0]), (0.064, 0.4))
