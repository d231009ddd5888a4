"""How the server is run."""

from __future__ import annotations

import ipaddress
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tremorcam.apps.isolation import SILENCE_S

if TYPE_CHECKING:
    from tremorcam.store import DataFolder

MAX_UPLOAD_BYTES = 2 * 1024**3
MAX_BODY_BYTES = 8 * 1024**2
"""Largest request that is not a video; the frame log of the longest test is under 1 MB."""

RESERVE_BYTES = 200 * 1024**2
"""Space that stays free on the disk, so that the database and the results can be written."""

MIN_BITS_PER_SECOND = 12_000_000
"""Below this, encoders take small movement out of a 720p picture."""

MAX_PICTURE_BYTES = 256 * 1024
"""Largest picture that live guidance takes; one of 320 px has about 10 kB."""

DEFAULT_ANALYZER = "tremorcam.pipeline:analyze"


@dataclass(frozen=True)
class WebSettings:
    """What ``tremorcam serve`` was asked for.

    Parameters
    ----------
    folder : DataFolder
    host, port
        Where the server listens.
    token : str, optional
        Asked of every request where the server can be reached from other machines.
    workers : int
        How many videos are analysed at the same time.
    analyzer : str
        ``module:function`` that worker processes import.
    stall_s : float
    """

    folder: DataFolder
    host: str = "127.0.0.1"
    port: int = 8420
    token: str | None = None
    workers: int = 1
    analyzer: str = DEFAULT_ANALYZER
    stall_s: float = SILENCE_S

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)

    @property
    def url(self) -> str:
        """Address to open in a browser; with a token it carries it in the fragment."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/" + (f"#token={self.token}" if self.token else "")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def default_workers() -> int:
    """Half the processors, since one analysis uses two threads."""
    return max(1, (os.cpu_count() or 2) // 2)
