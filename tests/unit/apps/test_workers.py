from stub_pipeline import measure_with_stub

from tremorcam.apps.batch import Settings, Task
from tremorcam.apps.workers import measure_side_by_side
from tremorcam.publish import load_analysis


def make_tasks(folder, *kinds):
    tasks = []
    for number, kind in enumerate(kinds):
        video = folder / f"{number}-{kind}.mp4"
        video.write_text(kind, encoding="utf-8")
        tasks.append(Task(video, folder / "out" / video.stem, Settings(iris_mm=11.71)))
    return tasks


def test_every_task_has_its_outcome_and_a_dead_worker_costs_only_its_video(tmp_path):
    tasks = make_tasks(tmp_path, "ok", "crash", "bad", "ok", "crash", "ok")
    heard = []
    outcomes = list(
        measure_side_by_side(
            tasks,
            lambda video, fraction: heard.append((video.name, fraction)),
            workers=2,
            measure=measure_with_stub,
        )
    )
    errors = {outcome.video.name: outcome.error for outcome in outcomes}
    assert len(outcomes) == len(tasks) == len(errors)
    assert errors["0-ok.mp4"] is errors["3-ok.mp4"] is errors["5-ok.mp4"] is None
    assert "no video" in errors["2-bad.mp4"]
    for name in ("1-crash.mp4", "4-crash.mp4"):
        assert "died (exit code 11)" in errors[name]
    assert load_analysis(tmp_path / "out" / "5-ok").video.name == "5-ok.mp4"
    assert [fraction for name, fraction in heard if name == "0-ok.mp4"] == [0.25, 0.5, 1.0]


def test_workers_end_when_nobody_listens_any_more(tmp_path):
    outcomes = measure_side_by_side(
        make_tasks(tmp_path, *["ok"] * 4), lambda *_: None, workers=2, measure=measure_with_stub
    )
    next(outcomes)
    processes = [worker.process for worker in outcomes.gi_frame.f_locals["pool"]]
    outcomes.close()
    assert len(processes) == 2
    assert not any(process.is_alive() for process in processes)
