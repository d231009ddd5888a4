"""A short form of benchmarks/accuracy: one clip, the chain beside two landmark loops."""

import dataclasses
import importlib.util

import pytest

from tremorcam.simulate.scene import Encoding
from validation.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def benchmark():
    path = ROOT / "benchmarks" / "accuracy" / "run.py"
    spec = importlib.util.spec_from_file_location("accuracy_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rows(benchmark, tmp_path_factory):
    """0.3 mm at 5 Hz left and at 10 Hz right, small, short and lightly compressed."""
    (condition,) = (
        c for c in benchmark.conditions((None,)) if c.name == "amplitude5-packaged"
    )  # fmt: skip
    camera = dataclasses.replace(
        condition.scene.camera, width_px=360, height_px=360, interocular_px=75.0
    )
    scene = dataclasses.replace(
        condition.scene, duration_s=4.6, camera=camera, encoding=Encoding(crf=8)
    )
    short = dataclasses.replace(condition, scene=scene, hold_s=(0.4, 4.4))
    rows = benchmark.measure_one(short, tmp_path_factory.mktemp("accuracy"))
    return {(row["tracker"], row["side"]): row for row in rows}


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_chain_reads_what_moves(rows, side):
    row = rows["tremorcam", side]
    assert row["detected"]
    assert row["hz"] == pytest.approx(row["true_hz"], abs=0.05)
    assert row["gain"] == pytest.approx(1.0, abs=0.08)
    assert row["cross_talk"] <= 0.03
    assert row["noise_mm_per_rthz"] <= 0.006
    assert row["bound_mm_per_rthz"] < row["noise_mm_per_rthz"]


@pytest.mark.parametrize("side", ["left", "right"])
def test_landmarks_read_less_and_noisier(rows, side):
    assert rows["landmarks", side]["gain"] < 0.5
    assert rows["tremorcam", side]["noise_mm_per_rthz"] < (
        0.5 * rows["unfiltered", side]["noise_mm_per_rthz"]
    )


def test_nothing_else_is_said_to_tremble(rows):
    assert rows["tremorcam", "left"]["false_alarms"] == []
