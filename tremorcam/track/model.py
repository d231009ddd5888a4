"""The landmark model that ships with the package."""

import hashlib
from functools import cache
from importlib import resources

from tremorcam.data import TremorcamError

MODEL_NAME = "face_landmarker.task"
MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"


@cache
def load_model() -> bytes:
    """Read the face landmark model and check that it is the one that was tested.

    Raises
    ------
    TremorcamError
        If the file is missing or altered.
    """
    path = resources.files("tremorcam") / "models" / MODEL_NAME
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TremorcamError(
            f"the face model {MODEL_NAME} cannot be read ({error}); reinstall tremorcam"
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != MODEL_SHA256:
        raise TremorcamError(
            f"the face model {MODEL_NAME} has SHA-256 {found[:12]}…, expected "
            f"{MODEL_SHA256[:12]}…: it is damaged or was replaced; reinstall tremorcam"
        )
    return content
