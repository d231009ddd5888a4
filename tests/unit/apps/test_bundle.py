import zipfile

import pytest
from stub_worker import measure

from tremorcam.apps.bundle import without_personal_data, write_bundle
from tremorcam.apps.tasks import Settings, Task
from tremorcam.apps.workers import measure_side_by_side
from tremorcam.data import TremorcamError

LOG = r"""2026-03-01T10:00:00.000Z INFO tremorcam.pipeline reading container=mp4 size_px=1280x720
Traceback (most recent call last):
  File "/home/zaphod b/.venv/lib/python3.12/site-packages/tremorcam/pipeline.py", line 9, in analyze
  File "C:\Users\Zaphod B\tremorcam\source\video.py", line 3
av.error.InvalidDataError: '/home/zaphod/my smile.mp4'
refused: Anna Smith visit2.mp4 is no video; see /media/anna/videos/visit2.mp4
"""


def test_names_and_folders_are_taken_out():
    text = without_personal_data(LOG, names=["Anna Smith visit2"])
    for personal in ("zaphod", "Zaphod", "anna", "Anna", "Users", "home", "media"):
        assert personal not in text
    assert '"…/pipeline.py", line 9, in analyze' in text
    assert "refused: <name>.mp4 is no video" in text
    assert "reading container=mp4 size_px=1280x720" in text


def test_a_bundle_holds_versions_checks_and_logs_alone(tmp_path):
    results, data = tmp_path / "out", tmp_path / "data"
    (results / "logs").mkdir(parents=True)
    (results / "logs" / "Anna Smith visit2.log").write_text(LOG)
    (results / "summary.csv").write_text("secret")
    (data / "recordings" / "0123456789abcdef").mkdir(parents=True)
    (data / "recordings" / "0123456789abcdef" / "analysis.log").write_text("started\n")
    (data / "recordings" / "0123456789abcdef" / "video.mp4").write_text("secret")
    assert write_bundle(tmp_path / "b.zip", data=data, results=[results]) == 2
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        texts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert sorted(texts) == ["checks.txt", "logs/0001.log", "logs/0002.log", "versions.txt"]
    assert "mediapipe==" in texts["versions.txt"]
    assert "ok\tOpenCV" in texts["checks.txt"]
    whole = "".join(texts.values())
    assert "secret" not in whole
    assert "Anna" not in whole
    assert str(tmp_path) not in whole
    with pytest.raises(TremorcamError, match="exists and is not overwritten"):
        write_bundle(tmp_path / "b.zip", data=data, results=[])


def test_each_job_keeps_its_own_log(tmp_path):
    tasks = [
        Task(tmp_path / f"{name}.mp4", tmp_path / "out" / name, Settings(iris_mm=11.71))
        for name in ("a-talks", "b-talks")
    ]
    list(measure_side_by_side(tasks, lambda *_: None, workers=1, measure=measure))
    for task in tasks:
        log = (tmp_path / "out" / "logs" / f"{task.folder.name}.log").read_text()
        own, native = log.splitlines()
        assert own.endswith(f"INFO tests measuring {task.video.stem}")
        assert own[:4].isdigit()
        assert native == f"native words on {task.video.stem}"
