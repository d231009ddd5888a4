"""The history on this machine: recordings, jobs, results, answers to questions, trends.

One folder holds it all: ``history.db`` (SQLite) and ``recordings/<id>/`` with the video and
what was measured on it. Both are readable by their owner alone.
"""

from tremorcam.store.database import Database
from tremorcam.store.folder import DataFolder, default_folder

__all__ = ["DataFolder", "Database", "default_folder"]
