import dataclasses
import json

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from synthetic_analysis import make_analysis, make_unusable_analysis

from tremorcam.data import MEASURE_COLUMNS, SCHEMA_VERSION, Analysis, TremorcamError
from tremorcam.publish import from_json, load_analysis, to_json

TABLES = ("phases", "measures", "spectra", "events", "course")


def assert_same(left: Analysis, right: Analysis) -> None:
    xr.testing.assert_identical(left.signals, right.signals)
    for variable in left.signals.variables:
        assert left.signals[variable].dtype == right.signals[variable].dtype
    for name in TABLES:
        pd.testing.assert_frame_equal(
            getattr(left, name), getattr(right, name), check_exact=True, check_index_type=False
        )
    for field in dataclasses.fields(Analysis):
        if field.name not in ("signals", *TABLES):
            assert getattr(left, field.name) == getattr(right, field.name), field.name


@pytest.mark.parametrize(
    "analysis", [make_analysis(), make_analysis(tremor={}), make_unusable_analysis()]
)
def test_an_analysis_comes_back_as_it_was(analysis):
    assert_same(analysis, from_json(to_json(analysis)))


def test_every_bit_of_a_float_comes_back():
    analysis = make_analysis(duration_s=8)
    awkward = np.array([1 / 3, 5e-324, -0.0, 1.7976931348623157e308, np.nan, np.inf, -np.inf])
    analysis.signals["head_residual_mm"].values[: len(awkward)] = awkward
    back = from_json(to_json(analysis))
    kept = back.signals["head_residual_mm"].values[: len(awkward)]
    np.testing.assert_array_equal(kept.view(np.int64), awkward.view(np.int64))


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(), min_size=1, max_size=30))
def test_any_float_column_comes_back(values):
    measures = pd.DataFrame(dict.fromkeys(MEASURE_COLUMNS), index=range(len(values)))
    measures["value"] = np.array(values)
    back = from_json(to_json(dataclasses.replace(BASE, measures=measures))).measures
    np.testing.assert_array_equal(back["value"].to_numpy(), np.array(values))


BASE = make_unusable_analysis(n_frames=2)


def test_the_file_is_strict_json():
    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    entries = json.loads(to_json(make_unusable_analysis()), parse_constant=refuse)
    assert entries["schema_version"] == SCHEMA_VERSION
    assert entries["signals"]["data_vars"]["mm_per_px"]["values"][0] is None


def test_numpy_values_and_tuples_in_the_provenance_become_plain():
    analysis = dataclasses.replace(
        BASE, provenance={"band_hz": (np.float64(3.0), 12), "seed": np.int64(4), "on": np.True_}
    )
    back = from_json(to_json(analysis))
    assert back.provenance == {"band_hz": [3.0, 12], "seed": 4, "on": True}


def test_what_json_cannot_hold_is_refused():
    analysis = dataclasses.replace(BASE, provenance={"thing": object()})
    with pytest.raises(TypeError, match="no place in"):
        to_json(analysis)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[: len(text) // 2], "damaged"),
        (lambda _: "", "damaged"),
        (lambda _: "[]", "damaged"),
        (lambda _: "[" * 100_000, "damaged"),
        (lambda text: text.replace('"timing"', '"tim"'), "damaged or incomplete"),
        (lambda text: text.replace('"codec"', '"kodek"'), "damaged or incomplete"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": 2'), "update"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": 0'), "again"),
        (lambda text: text.replace('"schema_version": 1', '"schema_version": "x"'), "again"),
    ],
)
def test_a_file_that_cannot_be_read_says_so(tmp_path, change, message):
    path = tmp_path / "analysis.json"
    path.write_text(change(to_json(BASE)), encoding="utf-8")
    with pytest.raises(TremorcamError, match=message) as caught:
        load_analysis(path)
    assert "analysis.json" in str(caught.value)


def test_a_missing_or_binary_file_says_so(tmp_path):
    with pytest.raises(TremorcamError, match=r"give an analysis\.json"):
        load_analysis(tmp_path)
    (tmp_path / "video.mp4").write_bytes(b"\xff\xfe\x00\x80" * 20)
    with pytest.raises(TremorcamError, match=r"give an analysis\.json"):
        load_analysis(tmp_path / "video.mp4")
