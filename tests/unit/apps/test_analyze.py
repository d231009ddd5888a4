import json
import shutil
import sys

import pandas as pd
import pytest
import stub_pipeline
from unprivileged import read_only_folder

import tremorcam
from tremorcam.apps import cli
from tremorcam.apps.batch import measure_in_turn
from tremorcam.data import TremorcamError
from tremorcam.publish import load_analysis


@pytest.fixture
def run(monkeypatch, tmp_path, capfd):
    """Run ``tremorcam`` with the measuring stubbed; gives exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "tremorcam.pipeline", stub_pipeline)
    monkeypatch.setattr(tremorcam, "pipeline", stub_pipeline, raising=False)
    # Workers would measure in earnest; what they do is tested in test_workers.py.
    monkeypatch.setattr(
        "tremorcam.apps.run.measure_side_by_side",
        lambda tasks, on_progress, **_: measure_in_turn(tasks, on_progress),
    )
    # Drawing reports takes a second each and is tested elsewhere.
    monkeypatch.setattr("tremorcam.publish.report.render_report", lambda _analysis: "<p>report")
    monkeypatch.setenv("COLUMNS", "160")
    stub_pipeline.calls.clear()

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tremorcam", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capfd.readouterr()
        return ended.value.code or 0, captured.out, captured.err

    return run


def make_videos(folder, **kinds):
    folder.mkdir(parents=True, exist_ok=True)
    for stem, kind in kinds.items():
        (folder / f"{stem}.mp4").write_text(f"{kind} {folder} {stem}", encoding="utf-8")
    return [folder / f"{stem}.mp4" for stem in kinds]


def test_one_video_is_measured_and_shown(run, tmp_path):
    (video,) = make_videos(tmp_path, smile="ok")
    code, out, err = run("analyze", video, "-o", "out")
    assert code == 0
    assert err == ""
    assert load_analysis(tmp_path / "out" / "smile").video.name == "smile.mp4"
    lines = [line.split() for line in out.splitlines()]
    assert ["smile.mp4", "quality", "limited"] in lines
    corner = next(line for line in lines if line[:3] == ["mouth", "corner", "left"])
    assert corner[3] == "7.2"
    assert any(line[:5] == ["mouth", "corner", "right", "–", "not"] for line in lines)
    assert "head is turned 17°" in out


def test_results_that_cannot_be_written_are_told_before_any_work(run):
    with read_only_folder(smile="ok") as folder:
        code, out, err = run("analyze", folder / "smile.mp4", "-o", folder / "out")
    assert code == 1
    assert out == ""
    assert "cannot be written" in err
    assert "choose another folder with -o" in err
    assert stub_pipeline.calls == []


def test_defaults_and_options_reach_the_measuring(run, tmp_path):
    (video,) = make_videos(tmp_path, smile="ok")
    (tmp_path / "told.toml").write_text("sleep_h = 6.5", encoding="utf-8")
    run("analyze", video, "-o", "out")
    run("analyze", video, "-o", "out", "--iris-mm", "12.5", "--hold", "3.0:13.5",
        "--context", "told.toml", "--mirrored", "--exposure-ms", "20",
        "--jitter-ms", "3")  # fmt: skip
    plain, told = stub_pipeline.calls
    assert plain == {
        "path": video, "iris_mm": 11.71, "hold": None, "context": {}, "mirrored": False,
        "exposure_s": None,
        "jitter_s": None,
    }  # fmt: skip
    assert told == {
        "path": video, "iris_mm": 12.5, "hold": (3.0, 13.5), "context": {"sleep_h": 6.5},
        "mirrored": True, "exposure_s": 0.02, "jitter_s": 0.003,
    }  # fmt: skip


def test_failures_cost_only_themselves(run, tmp_path):
    make_videos(tmp_path / "in", a="ok", b="bad", c="bug", d="nobody", e="ok")
    code, _, err = run("analyze", tmp_path / "in", tmp_path / "gone.mp4", "-o", "out")
    assert code == 1
    errors = [line for line in err.splitlines() if line.strip()]
    assert errors[0] == "error: b.mp4 is no video that can be read"
    assert errors[1].startswith("error: c.mp4: unexpected ZeroDivisionError")
    assert errors[2] == "error: gone.mp4: there is no such file"
    assert len(errors) == 3
    assert "Traceback" not in err
    table = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert table["video"].tolist() == ["a.mp4", "b.mp4", "c.mp4", "d.mp4", "e.mp4", "gone.mp4"]
    assert table["error"].notna().tolist() == [False, True, True, False, False, True]
    assert table["quality"].tolist()[3] == "unusable"
    folders = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert folders == ["a", "d", "e", "summary.csv"]


def test_overlay(run, tmp_path, monkeypatch):
    def draw(analysis, video, path, *, magnify, progress):
        progress(1.0)
        if "odd" in video.name:
            raise TremorcamError("the disk is full")
        path.write_text(f"{analysis.video.name} times {magnify:g}", encoding="utf-8")

    monkeypatch.setattr("tremorcam.publish.write_overlay", draw)
    videos = make_videos(tmp_path / "in", odd="ok", smile="ok")
    code, _, err = run("analyze", *videos, "-o", "out", "--overlay")
    assert code == 1
    assert err == "error: odd.mp4 was measured, but not shown: the disk is full\n"
    overlay = tmp_path / "out" / "smile" / "overlay.mp4"
    assert overlay.read_text(encoding="utf-8") == "smile.mp4 times 10"
    assert load_analysis(tmp_path / "out" / "odd").video.name == "odd.mp4"
    assert pd.read_csv(tmp_path / "out" / "summary.csv")["quality"].tolist() == ["limited"] * 2
    # Resuming makes up for what is missing; a run without leaves no old one behind.
    stub_pipeline.calls.clear()
    run("analyze", *videos, "-o", "out", "--overlay", "--resume")
    assert [call["path"].stem for call in stub_pipeline.calls] == ["odd"]
    run("analyze", videos[1], "-o", "out")
    assert not overlay.exists()
    run("analyze", videos[1], "-o", "out", "--overlay", "--magnify", "25")
    assert overlay.read_text(encoding="utf-8") == "smile.mp4 times 25"
    assert run("analyze", videos[1], "-o", "out", "--overlay", "--magnify", "0.5")[0] == 2


def test_a_poor_video_is_measured_and_marked(run, tmp_path):
    (video,) = make_videos(tmp_path, dark="nobody")
    code, out, err = run("analyze", video, "-o", "out")
    assert (code, err) == (0, "")
    assert "dark.mp4  quality unusable" in out
    assert "No face was found in any picture" in out
    assert (tmp_path / "out" / "dark" / "analysis.json").exists()


def test_debug_shows_the_traceback(run, tmp_path):
    (video,) = make_videos(tmp_path, smile="bug")
    with pytest.raises(ZeroDivisionError):
        run("--debug", "analyze", video, "-o", "out")


def test_native_chatter_is_heard_in_debug_only(run, tmp_path):
    (video,) = make_videos(tmp_path, smile="ok")
    assert "chatter" not in run("analyze", video, "-o", "out")[2]
    assert "chatter" in run("--debug", "analyze", video, "-o", "out")[2]


def test_same_stem_gets_a_suffix_and_the_same_video_its_own_folder_again(run, tmp_path):
    first = make_videos(tmp_path / "monday", smile="ok")
    second = make_videos(tmp_path / "friday", smile="ok")
    for _ in range(2):
        assert run("analyze", *first, *second, "-o", "out")[0] == 0
        out = tmp_path / "out"
        assert sorted(path.name for path in out.iterdir()) == ["smile", "smile-2", "summary.csv"]
        assert len(pd.read_csv(out / "summary.csv")) == 2
    digests = [load_analysis(out / name).video.sha256 for name in ("smile", "smile-2")]
    assert pd.read_csv(out / "summary.csv")["sha256"].tolist() == digests
    # Alone and in another order each still finds its own.
    run("analyze", *second, "-o", "out")
    assert [load_analysis(out / name).video.sha256 for name in ("smile", "smile-2")] == digests
    assert not (out / "smile-3").exists()


def test_a_folder_of_something_else_is_left_alone(run, tmp_path):
    (video,) = make_videos(tmp_path, smile="ok")
    (tmp_path / "out" / "smile").mkdir(parents=True)
    (tmp_path / "out" / "smile" / "notes.txt").write_text("mine", encoding="utf-8")
    run("analyze", video, "-o", "out")
    assert [path.name for path in (tmp_path / "out" / "smile").iterdir()] == ["notes.txt"]
    assert (tmp_path / "out" / "smile-2" / "analysis.json").exists()


def test_a_video_called_summary_csv(run, tmp_path):
    (video,) = make_videos(tmp_path, **{"summary.csv": "ok"})
    assert run("analyze", video, "-o", "out")[0] == 0
    assert (tmp_path / "out" / "summary.csv").is_file()
    assert (tmp_path / "out" / "summary.csv-2" / "analysis.json").exists()


def test_resume_measures_only_what_is_not_done(run, tmp_path):
    videos = make_videos(tmp_path / "in", a="ok", b="bad", c="ok")
    run("analyze", tmp_path / "in", "-o", "out")
    videos[1].write_text("ok now", encoding="utf-8")
    videos[2].write_text("ok but another recording", encoding="utf-8")
    stub_pipeline.calls.clear()
    code, out, _ = run("analyze", tmp_path / "in", "-o", "out", "--resume")
    assert code == 0
    assert [call["path"].name for call in stub_pipeline.calls] == ["b.mp4", "c.mp4"]
    assert out.count("quality") == 3
    assert pd.read_csv(tmp_path / "out" / "summary.csv")["video"].tolist() == [
        "a.mp4", "b.mp4", "c.mp4",
    ]  # fmt: skip
    assert (tmp_path / "out" / "c-2").exists()


def test_addresses_are_read_and_written_to(run, tmp_path):
    pytest.importorskip("upath", reason="the extra 'cluster' is not installed")
    videos = make_videos(tmp_path / "in", a="ok", b="bad", c="ok")
    command = ["analyze", (tmp_path / "in").as_uri(), "-o", (tmp_path / "out").as_uri()]
    code, out, err = run(*command)
    assert code == 1
    assert err == "error: b.mp4 is no video that can be read\n"
    assert f"→ {(tmp_path / 'out' / 'a').as_uri()}" in out
    # What is measured is a copy that is at hand, and its results are as complete as any.
    assert [call["path"].name for call in stub_pipeline.calls] == ["a.mp4", "b.mp4", "c.mp4"]
    assert not any(call["path"].exists() for call in stub_pipeline.calls)
    run("analyze", videos[0], "-o", "here")
    assert {path.name for path in (tmp_path / "out" / "a").iterdir()} == {
        path.name for path in (tmp_path / "here" / "a").iterdir()
    }
    stub_pipeline.calls.clear()
    run(*command, "--resume")
    assert [call["path"].name for call in stub_pipeline.calls] == ["b.mp4"]
    table = pd.read_csv(tmp_path / "out" / "summary.csv")
    assert table["video"].tolist() == ["a.mp4", "b.mp4", "c.mp4"]


def test_an_unknown_kind_of_address_is_named(run):
    code, _, err = run("analyze", "nowhere://bucket/videos", "-o", "out")
    assert code == 1
    assert err.startswith("error: 'nowhere://bucket/videos' cannot be reached")
    assert err.count("\n") == 1


def test_resume_measures_again_with_other_settings(run, tmp_path):
    make_videos(tmp_path / "in", a="ok")
    for options, n_calls in (([], 1), ([], 1), (["--iris-mm", "12"], 2), (["--mirrored"], 3)):
        run("analyze", tmp_path / "in", "-o", "out", "--resume", *options)
        assert len(stub_pipeline.calls) == n_calls
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "summary.csv"]


def test_json_is_all_that_standard_output_gets(run, tmp_path):
    make_videos(tmp_path / "in", a="ok", b="bad")
    code, out, err = run("analyze", tmp_path / "in", "-o", "out", "--json")
    assert code == 1
    measured, failed = json.loads(out)
    assert measured["video"] == "a.mp4"
    assert measured["folder"] == "out/a".replace("/", "\\" if sys.platform == "win32" else "/")
    assert measured["frequency_hz"] == pytest.approx(7.2)
    assert failed["folder"] is None
    assert failed["error"] == "b.mp4 is no video\nthat can be read"
    assert err == "error: b.mp4 is no video that can be read\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "a.mp4"],
        ["analyze", "a.mp4", "-o", "out", "--hold", "5"],
        ["analyze", "a.mp4", "-o", "out", "--hold", "5:4"],
        ["analyze", "a.mp4", "-o", "out", "--hold", "nan:4"],
        ["analyze", "a.mp4", "-o", "out", "--iris-mm", "0"],
        ["analyze", "a.mp4", "-o", "out", "--workers", "0"],
        ["analyze", "a.mp4", "-o", "out", "--workers", "2", "--scheduler", "tcp://127.0.0.1:9"],
        ["analyze", "a.mp4", "-o", "out", "--context", "missing.json"],
        ["analyze", "a.mp4", "-o", "out", "--context", "unknown.toml"],
        ["analyze", "a.mp4", "-o", "out", "--nonsense"],
        ["nonsense"],
    ],
)
def test_wrong_usage_is_exit_code_2(run, arguments, tmp_path):
    (tmp_path / "unknown.toml").write_text("shoe_size = 43", encoding="utf-8")
    code, out, err = run(*arguments)
    assert code == 2
    assert out == ""
    assert "Usage:" in err
    assert stub_pipeline.calls == []


def test_what_cannot_work_is_said_before_any_work(run, tmp_path):
    (video,) = make_videos(tmp_path, smile="ok")
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    (tmp_path / "no-videos").mkdir()
    for arguments, message in (
        (["analyze", video, "-o", "file"], "results cannot be written to 'file'"),
        (["analyze", "no-videos", "-o", "out"], "there is no video in the folder 'no-videos'"),
    ):
        code, _, err = run(*arguments)
        assert code == 1
        assert err.startswith(f"error: {message}")
        assert err.count("\n") == 1
    assert stub_pipeline.calls == []


def test_ctrl_c_keeps_what_is_done(run, tmp_path):
    make_videos(tmp_path / "in", a="ok", b="interrupt", c="ok")
    code, _, err = run("analyze", tmp_path / "in", "-o", "out")
    assert code == 130
    assert "1 of 3 videos are done" in err
    assert "Traceback" not in err
    assert pd.read_csv(tmp_path / "out" / "summary.csv")["video"].tolist() == ["a.mp4"]


def test_results_reach_no_folder_inside_the_results(run, tmp_path):
    make_videos(tmp_path, smile="ok")
    run("analyze", tmp_path, "-o", tmp_path)
    assert [call["path"].name for call in stub_pipeline.calls] == ["smile.mp4"]


def test_a_run_that_was_killed_while_saving_is_done_again_in_its_folder(run, tmp_path):
    (video,) = make_videos(tmp_path, smile="ok")
    folder = tmp_path / "out" / "smile"
    run("analyze", video, "-o", "out")
    (folder / "analysis.json").rename(folder / ".analysis.json.123.part")
    stub_pipeline.calls.clear()
    assert run("analyze", video, "-o", "out", "--resume")[0] == 0
    assert len(stub_pipeline.calls) == 1
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["smile", "summary.csv"]
    # While an older result was being replaced: what is there is a mixture.
    (folder / ".analysis.json.456.part").write_text("half")
    assert run("analyze", video, "-o", "out", "--resume")[0] == 0
    assert len(stub_pipeline.calls) == 2
    assert not [path.name for path in folder.iterdir() if path.name.startswith(".")]


def test_a_full_disk_is_said_before_any_work(run, tmp_path, monkeypatch):
    (video,) = make_videos(tmp_path, smile="ok")
    usage = shutil.disk_usage(tmp_path)._replace(free=3_000_000)
    monkeypatch.setattr("tremorcam.apps.storage.shutil.disk_usage", lambda _folder: usage)
    code, _, err = run("analyze", video, "-o", "out")
    assert code == 1
    assert err.startswith("error: only 3 MB are free where 'out' is")
    assert err.count("\n") == 1
    assert stub_pipeline.calls == []
