import errno
import io
import json

import numpy as np
import pandas as pd
import pytest
from synthetic_analysis import TREMOR, make_analysis, make_unusable_analysis

from tremorcam import publish
from tremorcam.data import TremorcamError
from tremorcam.dictionary import columns, events, files, measures, reasons
from tremorcam.publish.files import write_files
from tremorcam.publish.tables import describe, make_tables, to_csv

EXPECTED_FILES = {
    "analysis.json", "course.csv", "datapackage.json", "events.csv", "measures.csv",
    "report.html", "signals.csv", "spectra.csv", "summary.csv",
}  # fmt: skip


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out") / "smile"
    publish.save_analysis(make_analysis(), folder)
    return folder


def test_every_file_is_there_and_nothing_else(saved):
    assert {path.name for path in saved.iterdir()} == EXPECTED_FILES


def test_the_same_analysis_gives_the_same_bytes(saved, tmp_path):
    publish.save_analysis(publish.load_analysis(saved), tmp_path)
    for path in saved.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_csv_files_have_the_columns_of_the_dictionary_and_unix_lines(saved):
    for name in files():
        content = (saved / name).read_bytes()
        assert b"\r" not in content
        header = content.decode("utf-8").split("\n", 1)[0].split(",")
        assert header == [column.name for column in columns(name)]


def test_signals_keep_their_values(saved):
    analysis = make_analysis()
    table = pd.read_csv(saved / "signals.csv")
    at = analysis.signals["channel"].values.tolist().index("mouth_corner_left")
    for axis, name in enumerate(("x", "y")):
        truth = analysis.signals["displacement_mm"].values[:, at, axis]
        np.testing.assert_allclose(table[f"mouth_corner_left_{name}_mm"], truth, rtol=1e-6)
    np.testing.assert_allclose(table["time_s"], analysis.signals["time_s"], atol=5.1e-7)
    np.testing.assert_allclose(
        table["head_pitch_deg"], analysis.signals["head_angle_deg"].values[:, 1], rtol=1e-6
    )
    np.testing.assert_allclose(
        table["eye_aperture_right_mm"], analysis.signals["eye_aperture_mm"].values[:, 1], rtol=1e-6
    )
    assert table["duplicate"].sum() == 2
    assert table.loc[40, "mouth_corner_left_x_mm":"chin_both_y_mm"].filter(like="_x_").isna().all()
    assert table["phase"][table["time_s"].between(5, 16)].eq("hold").all()
    assert table["smile"].tolist()[:3] == [0, 0, 0]


def test_the_summary_is_the_answer():
    row = publish.summary_row(make_analysis())
    assert (row["tremor_region"], row["tremor_side"], row["tremor_phase"]) == (
        "mouth_corner", "left", "hold",
    )  # fmt: skip
    assert row["detected"] is True
    assert row["frequency_hz"] == 7.2
    assert row["amplitude_p2p_mm"] == pytest.approx(2 * TREMOR["mouth_corner_left"][1])
    assert (
        row["amplitude_p2p_ci_low_mm"] < row["amplitude_p2p_mm"] < row["amplitude_p2p_ci_high_mm"]
    )
    assert np.isnan(row["amplitude_p2p_right_mm"])
    assert row["detection_limit_right_mm"] == 0.064
    assert row["hold_s"] == pytest.approx(12.2)
    assert row["quality_reasons"] == "head_turned"
    assert row["finding"] == "muscle_fatigue"
    assert row["vetoes"] == "flicker@10.0;head_motion@4.2"


def test_no_tremor_is_an_answer_with_a_limit():
    row = publish.summary_row(make_analysis(tremor={}))
    assert row["detected"] is False
    assert np.isnan(row["frequency_hz"])
    assert row["detection_limit_mm"] == 0.064
    assert row["tremor_region"] is None


def test_an_unusable_recording_claims_nothing():
    row = publish.summary_row(make_unusable_analysis())
    assert row["detected"] is None
    assert row["quality"] == "unusable"
    assert np.isnan(row["detection_limit_mm"])


def test_a_tremor_of_the_head_reference_is_no_answer():
    row = publish.summary_row(make_analysis(tremor={"nose_bridge_both": (5.0, 1.0)}))
    assert row["detected"] is False


def test_several_recordings_share_one_summary(tmp_path):
    rows = [
        publish.summary_row(make_analysis()),
        publish.failed_row("notes.txt", "this is no video"),
        publish.summary_row(make_unusable_analysis()),
    ]
    publish.write_summary(rows, tmp_path / "summary.csv")
    table = pd.read_csv(tmp_path / "summary.csv")
    assert table["video"].tolist() == ["smile.mp4", "notes.txt", "nobody.mp4"]
    assert table["error"].tolist()[1] == "this is no video"
    assert table["n_frames"].isna().tolist() == [False, True, False]


def test_the_data_package_is_valid(saved):
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    report = frictionless.validate(str(saved / "datapackage.json"))
    assert report.valid, report.flatten(["fieldName", "message"])


def test_the_data_package_of_an_empty_recording_is_valid(tmp_path):
    frictionless = pytest.importorskip("frictionless", reason="frictionless is not installed")
    publish.save_analysis(make_unusable_analysis(), tmp_path)
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert report.valid, report.flatten(["fieldName", "message"])


def test_each_column_is_described_with_a_unit_or_none():
    package = describe("Mein Lächeln.mp4")
    assert package["name"] == "tremorcam-mein-l-cheln"
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["type"] in {"string", "number", "integer", "boolean"}
            assert field["description"].endswith(".")
    signals = next(r for r in package["resources"] if r["name"] == "signals")
    units = {field["name"]: field.get("unit") for field in signals["schema"]["fields"]}
    assert units["mouth_corner_left_x_mm"] == "mm"
    assert units["head_yaw_deg"] == "deg"
    assert units["phase"] is None


def test_no_file_tells_where_it_was_written(saved):
    for path in saved.iterdir():
        assert str(saved) not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "text"),
    [(1 / 3, "0.3333333"), (-0.0, "0"), (123456789.0, "1.234568e+08"), (np.nan, ""), (None, "")],
)
def test_numbers_keep_seven_digits(value, text):
    table = pd.DataFrame([dict.fromkeys((c.name for c in columns("course.csv")), value)])
    assert to_csv(table, "course.csv").split("\n")[1].split(",")[3] == text


def test_times_keep_microseconds():
    table = pd.DataFrame([dict.fromkeys((c.name for c in columns("course.csv")), 3600.0333333)])
    assert to_csv(table, "course.csv").split("\n")[1].split(",")[2] == "3600.033333"


def test_text_with_commas_quotes_and_lines_comes_back():
    text = 'a "b", c\nd'
    table = pd.DataFrame([dict.fromkeys((c.name for c in columns("summary.csv")), None)])
    table["answer"] = text
    back = pd.read_csv(io.StringIO(to_csv(table, "summary.csv")))
    assert back["answer"][0] == text


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    write_files(tmp_path, {"a.csv": b"old", "b.csv": b"old"})

    def full(path, content):
        if path.name.startswith(".b.csv"):
            raise OSError(errno.ENOSPC, "No space left on device")
        path.write_bytes(content)

    monkeypatch.setattr("tremorcam.publish.files._write_through", full)
    with pytest.raises(TremorcamError, match=r"No space left on device.*try again"):
        write_files(tmp_path, {"a.csv": b"new", "b.csv": b"new"})
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == {
        "a.csv": b"old",
        "b.csv": b"old",
    }


def test_the_dictionary_explains_what_the_tables_hold():
    analysis = make_analysis()
    assert set(analysis.measures["measure"]) <= set(measures())
    assert set(analysis.events["event"]) <= set(events())
    assert {reason.code for reason in analysis.quality.reasons} <= set(reasons())
    for row in analysis.measures.itertuples():
        assert row.unit == measures()[row.measure].unit
    assert set(make_tables(analysis)) == set(files())


def test_the_description_survives_json(saved):
    assert json.loads((saved / "datapackage.json").read_text("utf-8")) == describe("smile.mp4")
