"""Ask the public database of known weaknesses about every version in constraints.txt.

A known weakness fails. What the database could not be asked about, without a network or behind
a mirror that does not know it, is counted and said: it is not "no weakness".
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
LONGEST_S = 180


def main() -> int:
    """Tell what was found; the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "found.json"
        command = [
            sys.executable, "-m", "pip_audit", "--requirement", ROOT / "constraints.txt",
            "--no-deps", "--disable-pip", "--progress-spinner", "off", "--timeout", "10",
            "--format", "json", "--output", found,
        ]  # fmt: skip
        try:
            done = subprocess.run(
                command, timeout=LONGEST_S, check=False, capture_output=True, text=True
            )
        except subprocess.TimeoutExpired:
            print(f"pip-audit: skipped, the database did not answer in {LONGEST_S} s")
            return 0
        if not found.exists():
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            print(f"pip-audit: skipped, the database cannot be asked: {last[:200]}")
            return 0
        packages = json.loads(found.read_text())["dependencies"]
    weak = [package for package in packages if package.get("vulns")]
    for package in weak:
        ids = ", ".join(weakness["id"] for weakness in package["vulns"])
        print(f"pip-audit: {package['name']} {package['version']}: {ids}", file=sys.stderr)
    unknown = sum("skip_reason" in package for package in packages)
    if unknown == len(packages):
        print(f"pip-audit: skipped, the database knows none of the {unknown} packages here")
    else:
        print(f"pip-audit: {len(packages) - unknown} packages asked about, {unknown} unknown, "
              f"{len(weak)} with a known weakness")  # fmt: skip
    return 1 if weak else 0


if __name__ == "__main__":
    sys.exit(main())
