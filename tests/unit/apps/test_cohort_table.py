import pandas as pd

from tremorcam.apps.cohort_table import CohortTable
from tremorcam.publish import failed_row


def rows(*names):
    return [failed_row(name, f'{name}: no video, "at all"') for name in names]


def test_rows_are_there_as_they_come_and_in_order_in_the_end(tmp_path):
    path = tmp_path / "summary.csv"
    path.write_text("of an earlier run", encoding="utf-8")
    table = CohortTable(tmp_path)
    seen = []
    for row in rows("c.mp4", "a.mp4", "b.mp4"):
        table.add(row)
        seen.append(pd.read_csv(path)["video"].tolist())
    assert seen == [["c.mp4"], ["c.mp4", "a.mp4"], ["c.mp4", "a.mp4", "b.mp4"]]
    table.finish(rows("a.mp4", "b.mp4", "c.mp4"))
    whole = pd.read_csv(path)
    assert whole["video"].tolist() == ["a.mp4", "b.mp4", "c.mp4"]
    assert whole["error"][1] == 'b.mp4: no video, "at all"'


def test_adding_a_row_does_not_write_the_others_again(tmp_path):
    table = CohortTable(tmp_path)
    table.add(*rows("a.mp4"))
    before = (tmp_path / "summary.csv").read_bytes()
    (tmp_path / "summary.csv").write_bytes(before + b"# marked\n")
    table.add(*rows("b.mp4"))
    after = (tmp_path / "summary.csv").read_bytes()
    assert after.startswith(before + b"# marked\n")
    assert after.count(b"\n") == before.count(b"\n") + 2
