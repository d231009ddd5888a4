"""What the documentation takes from the program is all there."""

import runpy
from pathlib import Path

import pytest

from tremorcam import dictionary

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def hooks():
    return runpy.run_path(str(DOCS / "hooks.py"))


def test_every_entry_of_the_dictionary_is_on_the_page(hooks):
    page = hooks["on_page_markdown"]((DOCS / "measures.md").read_text(encoding="utf-8"))
    assert "<!--" not in page
    names = [dictionary.measures, dictionary.reasons, dictionary.events, dictionary.vetoes]
    known = [name for read in names for name in read()]
    known += [column.name for file in dictionary.files() for column in dictionary.columns(file)]
    assert [name for name in known if f"| `{name}` |" not in page] == []
    assert "| `tremor_frequency` | Hz | Frequency of the strongest" in page


def test_every_command_is_on_the_page(hooks):
    page = hooks["on_page_markdown"]((DOCS / "cli.md").read_text(encoding="utf-8"))
    for heading in ("## `tremorcam analyze`", "### `tremorcam history delete`"):
        assert heading in page
    assert "`--magnify <float range>`" in page


def test_references_between_docstrings_are_shown_as_code(hooks):
    html = "<p>see :func:<code>~tremorcam.simulate.simulate</code></p>"
    assert hooks["on_page_content"](html) == "<p>see <code>tremorcam.simulate.simulate</code></p>"
