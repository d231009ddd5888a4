from stub_worker import measure

from tremorcam.apps.tasks import Settings, Task
from tremorcam.apps.workers import measure_side_by_side


def make_tasks(folder, *names):
    settings = Settings(iris_mm=11.71)
    return [Task(folder / f"{name}.mp4", folder / "out" / name, settings) for name in names]


def test_every_task_has_its_outcome_and_a_dead_worker_costs_only_its_video(tmp_path):
    tasks = make_tasks(tmp_path, "a", "b-crash", "c-bad", "d", "e-crash", "f")
    heard = []
    outcomes = list(
        measure_side_by_side(
            tasks,
            lambda video, fraction: heard.append((video.stem, fraction)),
            workers=2,
            measure=measure,
        )
    )
    errors = {outcome.video.stem: outcome.error for outcome in outcomes}
    assert sorted(errors) == sorted(task.video.stem for task in tasks)
    assert len(outcomes) == len(tasks)
    assert errors["a"] is errors["d"] is errors["f"] is None
    assert errors["c-bad"] == "no video"
    for name in ("b-crash", "e-crash"):
        assert "died (exit code 11)" in errors[name]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a", "d", "f"]
    assert [fraction for name, fraction in heard if name == "a"] == [0.25, 0.5, 1.0]


def test_workers_end_when_nobody_listens_any_more(tmp_path):
    outcomes = measure_side_by_side(
        make_tasks(tmp_path, "a", "b", "c"), lambda *_: None, workers=2, measure=measure
    )
    next(outcomes)
    processes = [worker.process for worker in outcomes.gi_frame.f_locals["pool"]]
    outcomes.close()
    assert len(processes) == 2
    assert not any(process.is_alive() for process in processes)
