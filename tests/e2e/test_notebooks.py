"""The notebooks run from top to bottom, and hold no results."""

import warnings
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SAMPLE = FOLDER.parent / "sample_videos" / "fine_tremor_both_sides.mp4"
TIMEOUT_S = 600


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_are_stripped(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert cells
    assert not any(cell.outputs or cell.execution_count for cell in cells)


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path):
    notebook = nbformat.read(path, as_version=4)
    text = "".join(cell.source for cell in notebook.cells)
    if SAMPLE.name in text and not SAMPLE.is_file():
        pytest.skip(f"{SAMPLE.name} is not rendered; see sample_videos/make_samples.py")
    with warnings.catch_warnings():
        warnings.simplefilter("default")  # those of the kernel's own plumbing
        NotebookClient(
            notebook, timeout=TIMEOUT_S, resources={"metadata": {"path": str(FOLDER)}}
        ).execute()
