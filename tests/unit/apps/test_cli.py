import re
import subprocess
import sys

import pytest

import tremorcam
from tremorcam.apps import cli
from tremorcam.apps.wording import one_line

HEAVY = (
    "mediapipe", "matplotlib", "numpy", "pandas", "xarray", "cv2", "scipy", "av", "fastapi",
    "jinja2", "rich",
)  # fmt: skip


def run_python(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False
    )


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["analyze", "--help"], []])
def test_help_loads_nothing_heavy(arguments):
    ended = run_python(
        "import sys\n"
        f"sys.argv = ['tremorcam', *{arguments!r}]\n"
        "from tremorcam.apps.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        f"    print('HEAVY', [name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    assert ended.stdout.splitlines()[-1] == "HEAVY []"
    assert "Traceback" not in ended.stderr


def test_version(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["tremorcam", "--version"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code in (0, None)
    assert re.fullmatch(r"tremorcam \d+\.\d+\.\d+\n", capsys.readouterr().out)


def test_the_package_can_be_run():
    ended = subprocess.run(
        [sys.executable, "-m", "tremorcam", "--version"], capture_output=True, text=True, check=True
    )
    assert ended.stdout.startswith("tremorcam ")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (tremorcam.data.TremorcamError("this\nand that"), 1, "error: this and that\n"),
        (KeyboardInterrupt(), 130, ""),
        (RuntimeError("odd"), 1, "error: unexpected RuntimeError: odd; this is a fault"),
    ],
)
def test_no_failure_shows_a_traceback(monkeypatch, capsys, error, code, message):
    def fail(**_):
        raise error

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == code
    shown = capsys.readouterr().err
    assert shown.startswith(message)
    assert shown.count("\n") == (1 if message else 0)


def test_one_line_does_nothing_to_a_terminal():
    assert (
        one_line("a\n b\t\x1b[2Jc\x07")
        == "a b \N{REPLACEMENT CHARACTER}[2Jc\N{REPLACEMENT CHARACTER}"
    )
