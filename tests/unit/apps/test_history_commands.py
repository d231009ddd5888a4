"""``tremorcam history`` and ``compare`` against a history of known content."""

import io
import json

import pandas as pd
import pytest
from synthetic_analysis import make_analysis
from typer.testing import CliRunner

from tremorcam.apps.cli import app
from tremorcam.publish import save_analysis, summary_row
from tremorcam.store import Database, DataFolder
from tremorcam.store.history import History


@pytest.fixture
def history(tmp_path):
    return History(Database(DataFolder.open(tmp_path / "data")))


@pytest.fixture
def run(history):
    def invoke(*arguments, **more):
        return CliRunner().invoke(
            app, [*arguments, "--data", str(history.folder.root)], catch_exceptions=False, **more
        )

    return invoke


def add(history, day, tremor):
    analysis = make_analysis(tremor=tremor)
    recording = history.recordings.add(
        kind="upload", name=f"day{day}.mp4", video_file="video.mp4",
        recorded_at=f"2026-03-{day:02d}T09:00:00+00:00",
    )  # fmt: skip
    history.results.save(recording.id, summary=summary_row(analysis), measures=analysis.measures)
    return recording.id


@pytest.fixture
def three(history):
    left = "mouth_corner_left"
    return [
        add(history, 1, {left: (7.2, 0.05)}),
        add(history, 15, {left: (7.2, 0.30)}),
        add(history, 29, {}),
    ]


def test_the_list_is_in_the_order_of_time(run, three):
    listed = json.loads(run("history", "list", "--json").stdout)
    assert [entry["recording"]["id"] for entry in listed] == three[::-1]
    assert listed[1]["result"]["amplitude_p2p_mm"] == pytest.approx(0.60)
    shown = run("history", "list").stdout
    assert "0.60" in shown
    assert "< 0.06" in shown


def test_an_empty_history_says_how_to_fill_it(run):
    assert "tremorcam serve" in run("history", "list").stdout
    assert json.loads(run("history", "list", "--json").stdout) == []


def test_show_takes_the_first_characters_of_an_id(run, three, history):
    answer = run("history", "show", three[1][:12])
    assert "0.60 mm" in answer.stdout
    assert str(history.folder.recording(three[1])) in answer.stdout.replace("\n", "")


@pytest.mark.parametrize("wrong", ["ffffffffffffffffff", "zz"])
def test_an_unknown_id_is_wrong_usage(run, three, wrong):
    answer = run("history", "show", wrong)
    assert answer.exit_code == 2
    assert "no recording has" in answer.stderr.replace("\n", " ")
    assert three


def test_the_trend(run, three):
    found = json.loads(run("history", "trend", "--json").stdout)
    assert [point["recording_id"] for point in found["points"]] == three
    assert (found["region"], found["side"]) == ("mouth_corner", "left")
    assert found["course"]["status"] == "no_clear_change"
    assert "95 % interval" in run("history", "trend").stdout
    assert run("history", "trend", "--region", "nose").exit_code == 2


def test_the_export_is_one_table(run, three, tmp_path):
    printed = pd.read_csv(io.StringIO(run("history", "export").stdout))
    assert set(printed["recording_id"]) == set(three)
    run("history", "export", "-o", str(tmp_path / "all.csv"))
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "all.csv"), printed)


def test_deleting_asks_first(run, three, history):
    run("history", "delete", three[0], input="n\n")
    assert history.recordings.get(three[0]) is not None
    run("history", "delete", three[0], input="y\n")
    run("history", "delete", three[1], "--yes")
    assert [recording.id for recording in history.recordings.all()] == [three[2]]


def test_what_is_being_analysed_is_not_deleted(run, three, history):
    history.jobs.add(three[0])
    history.jobs.start_next()
    assert run("history", "delete", three[0], "--yes").exit_code == 2
    assert history.recordings.get(three[0]) is not None


def test_comparing_two_recordings(run, three):
    found = json.loads(run("compare", three[1], three[0], "--json").stdout)
    assert (found["earlier_id"], found["later_id"]) == (three[0], three[1])
    (corner,) = found["places"]
    assert corner["change"]["ratio"] == pytest.approx(6.0)
    assert corner["change"]["status"] == "larger"
    assert "larger" in run("compare", three[0], three[1]).stdout


def test_comparing_two_folders_of_results(run, tmp_path):
    for name, peak_mm in (("before", 0.30), ("after", 0.05)):
        save_analysis(make_analysis(tremor={"mouth_corner_left": (7.2, peak_mm)}), tmp_path / name)
    found = json.loads(
        run("compare", str(tmp_path / "before"), str(tmp_path / "after"), "--json").stdout
    )
    (corner,) = found["places"]
    assert corner["change"]["ratio"] == pytest.approx(1 / 6)
    assert corner["change"]["status"] == "smaller"


def test_serving_to_others_takes_a_token(run):
    answer = run("serve", "--host", "0.0.0.0", "--no-browser")
    assert answer.exit_code == 2
    assert "--token new" in answer.stderr.replace("\n", " ")
