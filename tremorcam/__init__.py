"""Measure facial tremor during a smile from a webcam video.

>>> import tremorcam
>>> analysis = tremorcam.analyze("smile.mp4")  # doctest: +SKIP
>>> analysis.quality.status
'limited'
>>> found = analysis.measures.query("measure == 'tremor_frequency' and detected == True")
>>> found[["region", "side", "value", "unit"]].head(1)
         region  side  value unit
0  mouth_corner  left    7.2   Hz

Videos whose motion is known come from :func:`tremorcam.simulate.simulate`, pictures from
:mod:`tremorcam.publish.figures`.
"""

import logging
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tremorcam.data import Analysis, InputError, TremorcamError
    from tremorcam.pipeline import analyze
    from tremorcam.publish import load_analysis, save_analysis

__all__ = [
    "Analysis", "InputError", "TremorcamError", "analyze", "load_analysis", "save_analysis",
]  # fmt: skip

_HOME = {
    "Analysis": "data", "InputError": "data", "TremorcamError": "data", "analyze": "pipeline",
    "load_analysis": "publish", "save_analysis": "publish",
}  # fmt: skip


# Who wants to hear what is done sets up logging; nobody else is bothered.
logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    # Loaded when first used, so that `tremorcam --help` does not wait for MediaPipe.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
