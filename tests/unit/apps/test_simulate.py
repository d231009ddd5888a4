import importlib
import sys
from pathlib import Path

import pytest

from tremorcam.apps import cli
from tremorcam.simulate import PATTERNS


@pytest.fixture
def run(monkeypatch, tmp_path, capfd):
    """Run ``tremorcam simulate`` without rendering; gives exit code, stdout, stderr, options."""
    rendered = []

    def render(out, **options):
        rendered.append((out.name, options))
        options["on_frame"](1, 2)
        options["on_frame"](2, 2)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.import_module("tremorcam.simulate"), "simulate", render)

    def run(*arguments):
        rendered.clear()
        monkeypatch.setattr(sys, "argv", ["tremorcam", "simulate", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        captured = capfd.readouterr()
        return ended.value.code or 0, captured.out, captured.err, list(rendered)

    return run


def test_options_reach_the_simulator(run):
    code, out, err, rendered = run(
        "a.mp4", "--pattern", "fatigue+blinks", "--hz", "7.5", "--mm", "0.3", "--side", "both",
        "--duration", "8", "--rate", "60", "--repeat-every", "6", "--bit-rate", "12000000",
    )  # fmt: skip
    assert (code, err) == (0, "")
    assert out.split() == ["a.mp4", "a.truth.json"]
    ((name, options),) = rendered
    assert name == "a.mp4"
    assert options["pattern"] == "fatigue+blinks"
    assert (options["hz"], options["mm"], options["side"]) == (7.5, 0.3, "both")
    assert (options["duration_s"], options["rate_hz"]) == (8, 60)
    assert (options["repeat_every"], options["bit_rate_bps"]) == (6, 12_000_000)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["a.mp4", "--pattern", "nonsense"],
        ["a.mp4", "--side", "port"],
        ["a.mp4", "--hz", "7", "--mm", "0.3", "--region", "ear"],
        ["a.mp4", "--severity", "2"],
        ["a.mp4", "--hz", "0"],
    ],
)
def test_wrong_usage_is_exit_code_2(run, arguments):
    code, out, err, rendered = run(*arguments)
    assert (code, out, rendered) == (2, "", [])
    assert "Usage:" in err


def test_a_recording_is_not_overwritten_but_a_simulation_is(run, tmp_path):
    (tmp_path / "mine.mp4").write_bytes(b"a recording")
    assert run("mine.mp4")[0] == 2
    (tmp_path / "mine.truth.json").write_text("{}", encoding="utf-8")
    assert run("mine.mp4")[0] == 0


def test_the_documentation_names_every_pattern():
    page = (Path(__file__).parents[3] / "docs" / "simulation.md").read_text(encoding="utf-8")
    assert [name for name in PATTERNS if f"`{name}`" not in page] == ["none"]
