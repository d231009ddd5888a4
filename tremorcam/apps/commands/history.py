"""``tremorcam history`` and ``tremorcam compare``: the history on the terminal."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from tremorcam.store.history import History

Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder of the history, the user's own data folder if not given.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON on standard output.")]
Id = Annotated[str, typer.Argument(help="Id of a recording, or its first characters.")]

history = typer.Typer(help="Look at, export or delete earlier recordings.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(history, name="history")
    app.command("compare")(compare)


@history.command("list")
def list_recordings(*, data: Data = None, as_json: AsJson = False) -> None:
    """List every recording with its answer, the latest first."""
    from tremorcam.apps.history_tables import show_entries

    entries = _open(data).entries()
    if as_json:
        _print_json([_plain(entry) for entry in entries])
    else:
        show_entries(entries)


@history.command()
def show(recording: Id, *, data: Data = None, as_json: AsJson = False) -> None:
    """Show one recording: its answer and where its files are."""
    from tremorcam.apps.history_tables import show_entry

    found = _open(data)
    recording_id = _resolve(found, recording)
    entry = next(each for each in found.entries() if each.recording.id == recording_id)
    folder = found.folder.recording(recording_id)
    if as_json:
        _print_json(_plain(entry) | {"folder": str(folder)})
    else:
        show_entry(entry, folder)


@history.command()
def trend(
    *,
    person: Annotated[str, typer.Option(help="Whose recordings, as named then.")] = "",
    region: Annotated[
        str, typer.Option(help="Place to follow, such as mouth_corner; the usual one if not given.")
    ] = "",
    side: Annotated[str, typer.Option(help="Side of it: left, right or both.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Follow one person's tremor from recording to recording, and whether it gets worse."""
    from tremorcam.anatomy import REGIONS
    from tremorcam.apps.history_tables import show_trend

    places = {(each.name, each.side) for each in REGIONS}
    if region and (region, side) not in places:
        known = ", ".join(sorted({f"{name} {each}" for name, each in places}))
        raise typer.BadParameter(
            f"there is no place {region!r} on side {side!r}; there are {known}"
        )
    found = _open(data).trend(person=person, region=region, side=side)
    if as_json:
        _print_json(asdict(found))
    else:
        show_trend(found)


@history.command()
def export(
    *,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="CSV file; standard output if not given."),
    ] = None,
    data: Data = None,
) -> None:
    """Export every measure of every recording as one CSV table."""
    from tremorcam.store.folder import write_whole

    text = _open(data).export().to_csv(index=False, lineterminator="\n")
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_whole(out, text)


@history.command()
def delete(
    recordings: Annotated[
        list[str], typer.Argument(help="Ids of recordings, or their first characters.")
    ],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Delete recordings, their videos and all their results for good."""
    found = _open(data)
    ids = [_resolve(found, each) for each in recordings]
    busy = [each for each, job in found.jobs.latest().items() if job.status == "running"]
    if set(ids) & set(busy):
        raise typer.BadParameter("one of these is being analysed; cancel that on the page first")
    for recording_id in ids:
        recording = found.recordings.get(recording_id)
        name = recording.name if recording else recording_id
        if not yes and not typer.confirm(f"Delete {name} and all its results?", err=True):
            continue
        found.recordings.delete(recording_id)
        typer.echo(f"deleted {recording_id}  {name}", err=True)


def compare(
    earlier: Annotated[str, typer.Argument(metavar="A", help="Id of a recording.")],
    later: Annotated[str, typer.Argument(metavar="B", help="Id of another one.")],
    *,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Compare two recordings, place by place.

    What differs beyond chance is marked. Both are recordings of the history, or folders of
    results that analyze wrote.
    """
    from tremorcam.apps.compare import compare_recordings, compare_results
    from tremorcam.apps.history_tables import show_comparison
    from tremorcam.data import TremorcamError

    if Path(earlier).exists() and Path(later).exists():
        found = compare_results(Path(earlier), Path(later))
    else:
        known = _open(data)
        ids = _resolve(known, earlier), _resolve(known, later)
        comparison = compare_recordings(known, *ids)
        if comparison is None:
            raise TremorcamError(
                "both recordings need a result to be compared; see 'tremorcam history list'"
            )
        found = comparison
    if as_json:
        _print_json(asdict(found))
    else:
        show_comparison(found)


def _open(data: Path | None) -> History:
    from tremorcam.store import Database, DataFolder
    from tremorcam.store.history import History

    return History(Database(DataFolder.open(data)))


def _resolve(history: History, text: str) -> str:
    """Find the one recording whose id begins with a text."""
    ids = [r.id for r in history.recordings.all() if text and r.id.startswith(text.lower())]
    if len(ids) == 1:
        return ids[0]
    count = f"{len(ids)} recordings have" if ids else "no recording has"
    raise typer.BadParameter(
        f"{count} an id that begins with {text!r}; 'tremorcam history list' shows them"
    )


def _plain(entry: Any) -> dict[str, Any]:
    return {
        "recording": asdict(entry.recording),
        "job": entry.job and asdict(entry.job),
        "result": entry.result and asdict(entry.result),
    }


def _print_json(value: Any) -> None:
    json.dump(value, sys.stdout, ensure_ascii=False, indent=2, default=str)
    sys.stdout.write("\n")
