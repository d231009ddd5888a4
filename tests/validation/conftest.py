"""Whole analyses, each made once a run."""

from functools import cache
from pathlib import Path

import pytest

from tremorcam.pipeline import analyze

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_videos"
CLIPS = ROOT.parent / "shared" / "clips"


@pytest.fixture(scope="session")
def analysis_of():
    """Analyse a video once, however many tests ask for it."""
    return cache(analyze)


@pytest.fixture(scope="session")
def clip():
    """Path of a real clip; the test is skipped where the clips are not at hand."""

    def path_of(name):
        path = CLIPS / name
        if not path.exists():
            pytest.skip(f"the clip {name} is not at hand: people's videos are not published")
        return path

    return path_of
