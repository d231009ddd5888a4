"""The examples of the docstrings, run as they stand.

They may speak of ``analysis``, which is a made-up one of a smile: measuring a video would take
too long here. Files are written to a folder of the test's own.
"""

import doctest
import importlib
from pathlib import Path

import numpy as np
import pytest
from synthetic_analysis import make_analysis

import tremorcam

PACKAGE = Path(tremorcam.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.FAIL_FAST


def test_the_public_functions_have_examples():
    assert {
        "tremorcam",
        "tremorcam.pipeline",
        "tremorcam.data",
        "tremorcam.publish.figures",
        "tremorcam.publish.serialize",
        "tremorcam.publish.tables",
        "tremorcam.simulate.presets",
    } <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_run(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    given = {"analysis": make_analysis(), "np": np}
    result = doctest.testmod(module, extraglobs=given, optionflags=FLAGS)
    assert result.attempted
    assert result.failed == 0, capsys.readouterr().out
