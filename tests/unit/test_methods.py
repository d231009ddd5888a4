"""What an analysis says of its methods is what the code does and cites."""

import dataclasses
import re
from pathlib import Path

from synthetic_analysis import make_analysis

import tremorcam
from tremorcam.measure.quality import analysis_band_hz
from tremorcam.methods import parameters, references
from tremorcam.pipeline import _provenance
from tremorcam.publish import from_json, render_report, to_json


def test_every_doi_stands_where_the_method_is_used():
    package = Path(tremorcam.__file__).parent
    used = [package / "anatomy.py", *(package / "track").glob("*.py")]
    used += (package / "measure").glob("*.py")
    code = "".join(path.read_text("utf-8") for path in used)
    dois = [item["doi"] for item in references() if item["doi"]]
    assert len(dois) == len(set(dois)) == len(references()) - 1
    assert [doi for doi in dois if f"doi:{doi}" not in code] == []


def test_the_report_names_what_was_done():
    provenance = _provenance(
        12.0, (3.0, 13.0), None, mirrored=False, exposure_s=None, jitter_s=None
    )
    assert provenance == _provenance(
        12.0, (3.0, 13.0), None, mirrored=False, exposure_s=None, jitter_s=None
    )
    analysis = dataclasses.replace(make_analysis(), provenance=provenance)
    assert from_json(to_json(analysis)).provenance == provenance
    page = re.sub(r"<[^>]+>", " ", render_report(analysis))
    assert "Multitaper spectra. Thomson 1982, Proc IEEE." in page
    assert "doi:10.1109/PROC.1982.12433" in page
    assert re.search(r"measure\.band_hz\s+3, 12\s", page)
    assert re.search(r"iris_mm\s+12\s", page)


def test_parameters_are_those_that_act():
    measuring = parameters()["measure"]
    assert tuple(measuring["band_hz"]) == analysis_band_hz(60.0)
    assert analysis_band_hz(25.0)[1] == measuring["highest_share_of_rate"] * 25.0
