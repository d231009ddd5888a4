"""Serve for tests and trials: ``run_server.py FOLDER PORT ANALYZER PACE``."""

import dataclasses
import sys
from pathlib import Path


def hasten(pace):
    """Let every step of the guided tests last only this share of its time."""
    from tremorcam.apps import protocols

    hastened = {
        name: dataclasses.replace(
            protocol,
            steps=tuple(
                dataclasses.replace(step, duration_s=pace * step.duration_s)
                for step in protocol.steps
            ),
        )
        for name, protocol in protocols.load_protocols().items()
    }
    protocols.load_protocols = lambda: hastened


if __name__ == "__main__":
    folder, port, analyzer, pace = sys.argv[1:]
    hasten(float(pace))

    from tremorcam.apps.web.server import serve
    from tremorcam.apps.web.settings import WebSettings
    from tremorcam.store import DataFolder

    settings = WebSettings(DataFolder.open(Path(folder)), port=int(port), analyzer=analyzer)
    serve(settings, open_browser=False)
