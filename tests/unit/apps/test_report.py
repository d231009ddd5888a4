"""``tremorcam report``: pages and figures of saved results."""

import shutil
import sys
from pathlib import Path

import pandas as pd
import pytest
from synthetic_analysis import make_analysis

from tremorcam.apps import cli
from tremorcam.publish import render_report, save_analysis, summary_row, write_summary
from tremorcam.publish.figures import FIGURES


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """A run of two videos as ``analyze`` leaves it; never written to."""
    out = tmp_path_factory.mktemp("saved")
    analyses = [make_analysis(), make_analysis(name="calm.mp4", tremor={})]
    save_analysis(analyses[0], out / "smile")
    write_summary(map(summary_row, analyses), out / "summary.csv")
    return out


@pytest.fixture
def run(monkeypatch, tmp_path, capfd, saved):
    """Run ``tremorcam report`` beside a copy of the run; gives exit code, stdout, stderr."""
    shutil.copytree(saved, tmp_path / "out")
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["tremorcam", "report", *map(str, arguments)])
        try:
            cli.main()
            code = 0
        except SystemExit as ended:
            code = ended.code or 0
        captured = capfd.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.mark.parametrize("given", ["out/smile", "out/smile/analysis.json"])
def test_the_page_is_written_again_from_saved_results_alone(run, tmp_path, given):
    page = tmp_path / "out" / "smile" / "report.html"
    page.unlink()
    code, out, err = run(given)
    assert (code, err) == (0, "")
    assert (tmp_path / out.strip()).samefile(page)
    assert page.read_text("utf-8") == render_report(make_analysis())
    assert run(given)[0] == 0  # a report may be replaced


def test_what_is_no_report_is_not_overwritten(run, tmp_path):
    mine = tmp_path / "thesis.html"
    mine.write_text("<html>mine</html>", encoding="utf-8")
    code, out, err = run("out/smile", "-o", mine)
    assert (code, out) == (2, "")
    assert "is no report" in " ".join(err.split())
    assert mine.read_text("utf-8") == "<html>mine</html>"
    assert run("out/smile", "-o", "out")[0] == 2
    assert run("out/smile", "-o", "new/page.html")[0] == 0
    assert (tmp_path / "new" / "page.html").is_file()


@pytest.mark.parametrize("given", ["out", "out/summary.csv"])
def test_a_run_is_compared_beside_its_summary(run, tmp_path, given):
    code, out, err = run(given)
    assert (code, err) == (0, "")
    page = tmp_path / "out" / "summary.html"
    assert (tmp_path / out.strip()).samefile(page)
    text = page.read_text("utf-8")
    assert "A tremor was detected in 1 of 2 recordings" in text
    assert text.count("<svg ") == 2


def test_groups_are_told_by_a_column(run, tmp_path):
    table = pd.read_csv(tmp_path / "out" / "summary.csv")
    table["visit"] = ["first", "second"]
    table.to_csv(tmp_path / "visits.csv", index=False)
    assert run("visits.csv", "--group", "visit")[0] == 0
    text = (tmp_path / "visits.html").read_text("utf-8")
    assert text.count("<svg ") == 3
    assert "second" in text
    code, _, err = run("visits.csv", "--group", "week")
    assert code == 1
    assert "has no column 'week'" in err


def test_figures_are_written_as_asked_for(run, tmp_path):
    code, out, err = run("out/smile", "--figures", "figures", "--format", "png")
    assert (code, err) == (0, "")
    assert out.split()[-1] == "figures"
    written = {path.name: path.read_bytes() for path in (tmp_path / "figures").iterdir()}
    assert set(written) == {f"{name}.png" for name in FIGURES}
    assert all(content.startswith(b"\x89PNG") for content in written.values())


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["."], "neither an analysis.json nor a summary.csv"),
        (["out/smile", "--group", "visit"], "give a summary.csv"),
        (["out/smile", "--overlay"], "need --video"),
        (["out/smile", "--video", "smile.mp4"], "one of them"),
        (["out", "--overlay", "--video", "smile.mp4"], "are for one recording"),
        (["out", "--figures", "figures"], "give its analysis.json"),
        (["out/smile", "--figures", "figures", "--format", "bmp"], "'bmp' is not one of"),
    ],
)
def test_wrong_usage_is_exit_code_2(run, arguments, told):
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert told in " ".join(err.split())


def test_results_that_cannot_be_read_are_one_line(run, tmp_path):
    (tmp_path / "analysis.json").write_text("{}", encoding="utf-8")
    for given in ("analysis.json", "nowhere.json", "nowhere.csv"):
        code, out, err = run(given)
        assert (code, out) == (1, ""), given
        assert err.startswith("error: ")
        assert err.count("\n") == 1


def test_the_overlay_and_the_own_face_come_from_the_recording(run, monkeypatch):
    asked = []

    def note(*paths, **options):
        options.pop("progress", None)
        asked.append((*(path.name for path in paths[1:]), options))

    monkeypatch.setattr("tremorcam.publish.save_report", note)
    monkeypatch.setattr("tremorcam.publish.write_overlay", note)
    given = ["out/smile", "--video", "smile.mp4", "--overlay", "--magnify", "20", "--own-face"]
    code, out, _ = run(*given)
    assert code == 0
    assert out.split()[-1].endswith("overlay.mp4")
    assert asked == [
        ("report.html", {"own_face_from": Path("smile.mp4")}),
        ("smile.mp4", "overlay.mp4", {"magnify": 20.0}),
    ]


def test_what_is_no_recording_is_refused(run, tmp_path):
    (tmp_path / "other.mp4").write_bytes(b"no video")
    code, _, err = run("out/smile", "--video", "other.mp4", "--own-face")
    assert code == 1
    assert "other.mp4" in err
    assert "Traceback" not in err
