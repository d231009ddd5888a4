"""Recordings, jobs, results and answers, and the questions asked of all of them."""

from datetime import UTC, datetime

import numpy as np
import pytest
from synthetic_analysis import make_analysis, make_unusable_analysis

from tremorcam.publish import summary_row
from tremorcam.store import Database, DataFolder
from tremorcam.store.history import History
from tremorcam.store.jobs import MAX_ATTEMPTS
from tremorcam.store.recordings import readable_name


@pytest.fixture
def history(tmp_path):
    return History(Database(DataFolder.open(tmp_path)))


def add(history, **more):
    return history.recordings.add(
        **({"kind": "upload", "name": "smile.mp4", "video_file": "video.mp4"} | more)
    )


def save(history, recording_id, analysis):
    return history.results.save(
        recording_id, summary=summary_row(analysis), measures=analysis.measures
    )


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("smile.mp4", "smile.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\face.mov", "face.mov"),
        ("a\x00b\r\nSet-Cookie: x.mp4", "abSet-Cookie: x.mp4"),
        ("\u202emp4.exe", "mp4.exe"),
        ("..", "video"),
        ("", "video"),
        ("x" * 500, "x" * 120),
        ("<script>alert(1)</script>.mp4", "script>.mp4"),
    ],
)
def test_names_are_made_readable(given, shown):
    assert readable_name(given) == shown


def test_a_recording_is_kept_as_it_was(history):
    cues = [{"task": "smile", "onset_s": 5.0, "offset_s": 20.0}]
    added = add(history, kind="live", person=" A. B. ", protocol="quick", mirrored=True)
    history.recordings.set_cues(added.id, cues)
    history.recordings.complete(added.id, size_bytes=12)
    kept = history.recordings.get(added.id)
    assert (kept.person, kept.protocol, kept.mirrored) == ("A. B.", "quick", True)
    assert (kept.state, kept.size_bytes, kept.cues) == ("complete", 12, tuple(cues))
    assert history.recordings.get("0" * 16) is None


class Clock:
    """Stands in for ``datetime`` with a clock that is set by the test."""

    now_s = datetime(2026, 3, 29, 2, 30, tzinfo=UTC).timestamp()

    @classmethod
    def now(cls, zone):
        return datetime.fromtimestamp(cls.now_s, zone)


def test_a_clock_that_is_set_back_changes_no_order_of_jobs(history, monkeypatch):
    monkeypatch.setattr("tremorcam.store.database.datetime", Clock)
    before = add(history)
    history.jobs.add(before.id)
    monkeypatch.setattr(Clock, "now_s", Clock.now_s - 86400)
    after = add(history)
    history.jobs.add(after.id)
    first = history.jobs.start_next()
    assert first.recording_id == before.id
    assert first.started_at < first.created_at
    history.jobs.finish(first.id)
    again = history.jobs.add(before.id)
    assert again.created_at < first.created_at
    assert history.jobs.latest()[before.id].id == again.id
    assert history.jobs.start_next().recording_id == after.id
    assert [history.jobs.get(first.id).status, history.jobs.start_next().id] == ["done", again.id]


def test_recordings_of_one_moment_are_no_trend(history, monkeypatch):
    monkeypatch.setattr("tremorcam.store.database.datetime", Clock)
    for mm in (0.2, 0.4, 0.3, 0.5):
        recording = add(history)
        save(history, recording.id, make_analysis(tremor={"mouth_corner_left": (7.0, mm)}))
    trend = history.trend()
    assert len(trend.points) == 4
    assert trend.course.status == "not_known"


def test_deleting_really_deletes(history):
    secret = "the-name-nobody-may-find-again"
    gone, stays = add(history, name=secret), add(history)
    history.recordings.video(gone).write_bytes(b"face")
    save(history, gone.id, make_analysis())
    history.context.save(gone.id, {"note": secret})
    history.jobs.add(gone.id)
    history.recordings.delete(gone.id)
    assert [entry.recording.id for entry in history.entries()] == [stays.id]
    assert not history.folder.recording(gone.id).exists()
    assert list(history.folder.trash.iterdir()) == []
    assert len(history.export()) == 1
    assert history.context.get(gone.id) == {}
    left = b"".join(p.read_bytes() for p in history.folder.root.iterdir() if p.is_file())
    assert secret.encode() not in left


def test_sweeping_keeps_live_recordings_that_hold_something(history):
    cut_upload, cut_live, empty_live = (
        add(history),
        add(history, kind="live"),
        add(history, kind="live"),
    )
    whole = add(history)
    history.recordings.complete(whole.id, size_bytes=1)
    history.recordings.video(cut_live).write_bytes(b"half a face")
    stray = history.folder.create_recording("ab" * 8)
    foreign = history.folder.recordings / "not-ours"
    foreign.mkdir()
    history.recordings.sweep()
    assert {r.id for r in history.recordings.all()} == {cut_live.id, whole.id}
    assert not stray.exists()
    assert foreign.exists()
    assert not history.folder.recording(cut_upload.id).exists()
    assert not history.folder.recording(empty_live.id).exists()


def test_jobs_run_in_the_order_they_came(history):
    recordings = [add(history) for _ in range(3)]
    jobs = [history.jobs.add(recording.id) for recording in recordings]
    assert history.jobs.add(recordings[0].id).id == jobs[0].id
    started = [history.jobs.start_next() for _ in range(4)]
    assert [job.id for job in started[:3]] == [job.id for job in jobs]
    assert started[3] is None
    history.jobs.report(jobs[0].id, progress=1.7, stage="tracking")
    assert history.jobs.get(jobs[0].id).progress == 1.0
    history.jobs.finish(jobs[0].id)
    history.jobs.fail(jobs[1].id, "no picture in it")
    history.jobs.cancel(jobs[2].id)
    latest = history.jobs.latest()
    assert [latest[r.id].status for r in recordings] == ["done", "failed", "cancelled"]
    assert latest[recordings[1].id].error == "no picture in it"


def test_an_ended_job_stays_as_it_ended(history):
    job = history.jobs.add(add(history).id)
    history.jobs.cancel(job.id)
    history.jobs.finish(job.id)
    history.jobs.report(job.id, progress=0.5, stage="late")
    ended = history.jobs.get(job.id)
    assert (ended.status, ended.progress, ended.stage) == ("cancelled", 0.0, "")


def test_interrupted_jobs_are_queued_again_but_not_for_ever(history):
    job = history.jobs.add(add(history).id)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        assert history.jobs.start_next().attempts == attempt
        history.jobs.requeue_interrupted()
    failed = history.jobs.get(job.id)
    assert failed.status == "failed"
    assert f"ended {MAX_ATTEMPTS} times" in failed.error


def test_the_answer_is_the_strongest_tremor(history):
    result = save(history, add(history).id, make_analysis())
    assert (result.tremor_region, result.tremor_side, result.detected) == (
        "mouth_corner",
        "left",
        True,
    )
    assert result.frequency_hz == pytest.approx(7.2)
    assert result.amplitude_p2p_mm == pytest.approx(0.44)
    assert (result.amplitude_p2p_ci_low_mm, result.amplitude_p2p_ci_high_mm) == pytest.approx(
        (0.396, 0.4928)
    )
    assert result.finding == "muscle_fatigue"
    assert history.results.get(result.recording_id) == result


def test_without_tremor_the_limit_is_the_answer(history):
    result = save(history, add(history).id, make_analysis(tremor={}))
    assert result.detected is False
    assert (result.tremor_region, result.amplitude_p2p_mm) == (None, None)
    assert result.detection_limit_mm == pytest.approx(0.064)


def test_an_unusable_recording_says_neither_yes_nor_no(history):
    result = save(history, add(history).id, make_unusable_analysis())
    assert result.detected is None
    assert history.results.get(result.recording_id) == result
    assert history.trend().points == ()
    assert history.trend().persistence.status == "not_known"


def test_saving_again_replaces(history):
    recording = add(history)
    save(history, recording.id, make_analysis())
    first = len(history.export())
    save(history, recording.id, make_analysis(tremor={}))
    assert len(history.export()) == first
    assert history.results.get(recording.id).detected is False


def test_the_export_holds_every_measure_and_every_recording(history):
    measured, waiting = add(history, person="A"), add(history, person="B")
    analysis = make_analysis()
    save(history, measured.id, analysis)
    table = history.export()
    assert set(table["recording_id"]) == {measured.id, waiting.id}
    rows = table[table["recording_id"] == measured.id].reset_index(drop=True)
    for name in ("value", "ci_low", "ci_high", "noise_floor"):
        np.testing.assert_array_equal(
            rows[name].to_numpy(float), analysis.measures[name].to_numpy(float)
        )
    assert list(rows["measure"]) == list(analysis.measures["measure"])
    assert table[table["recording_id"] == waiting.id]["measure"].isna().all()


def test_a_trend_follows_one_person_at_the_usual_place(history):
    for day, peak_mm in ((1, 0.10), (12, 0.11), (23, 0.10)):
        recording = add(history, person="A", recorded_at=f"2026-03-{day:02d}T09:00:00+00:00")
        save(history, recording.id, make_analysis(tremor={"mouth_corner_right": (6.0, peak_mm)}))
    other = add(history, person="B")
    save(history, other.id, make_analysis())
    trend = history.trend(person="A")
    assert (trend.region, trend.side) == ("mouth_corner", "right")
    assert [point.value for point in trend.points] == pytest.approx([0.20, 0.22, 0.20])
    assert trend.persistence.n_with_tremor == 3
    assert trend.persistence.span_days == pytest.approx(22)
    elsewhere = history.trend(person="A", region="mouth_corner", side="left")
    assert [point.value for point in elsewhere.points] == [None] * 3
    assert [point.limit for point in elsewhere.points] == pytest.approx([0.064] * 3)
    assert history.persons() == ["A", "B"]
    point = history.point(other.id, region="cheek", side="left")
    assert point.value == pytest.approx(0.14)


def test_answers_are_replaced_as_a_whole(history):
    recording = add(history)
    history.context.save(recording.id, {"caffeine_cups": 3, "worsening": True})
    history.context.save(recording.id, {"sleep_h": 6.5})
    assert history.context.get(recording.id) == {"sleep_h": 6.5}
