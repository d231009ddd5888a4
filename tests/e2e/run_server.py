"""Serve for the browser tests: ``run_server.py FOLDER PORT ANALYZER``."""

import sys
from pathlib import Path

if __name__ == "__main__":
    from tremorcam.apps.web.server import serve
    from tremorcam.apps.web.settings import WebSettings
    from tremorcam.store import DataFolder

    folder, port, analyzer = sys.argv[1:]
    settings = WebSettings(DataFolder.open(Path(folder)), port=int(port), analyzer=analyzer)
    serve(settings, open_browser=False)
