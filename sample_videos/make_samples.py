"""Render the sample videos, and the table of what they show in README.md.

Run ``python sample_videos/make_samples.py`` from anywhere; it takes a few minutes. Names as
arguments render those alone: ``python sample_videos/make_samples.py no_tremor``.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from tremorcam.simulate import (
    Closure,
    Contraction,
    Encoding,
    Head,
    Light,
    Scene,
    Smile,
    Tremor,
    Truth,
    render,
)

HERE = Path(__file__).parent
MOUTH = (("upper_lip", 1.0), ("lower_lip", 0.7), ("cheek", 0.5))
BASE = Scene(
    head=Head(sway_mm=0.8, sway_deg=0.4, sway_scale=0.002),
    light=Light(read_noise=0.8, shot_noise=1.1),
    encoding=Encoding(crf=16, preset="medium"),
)


def blink(at_s: float) -> Closure:
    """Both eyes close and open within a third of a second."""
    return Closure("both", at_s, at_s + 0.32)


def tremor(hz: float, mm: float, *, right_gain: float, growth: float = 1.0) -> Tremor:
    """Both mouth corners with their neighbours, up and outwards."""
    return Tremor(
        "mouth_corner", "both", hz, mm, axis_deg=75.0,
        growth=growth, spread=MOUTH, right_gain=right_gain,
    )  # fmt: skip


def spasm(at_s: float, lasts_s: float, clonic_hz: float = 0.0) -> tuple[Closure, Contraction]:
    """Close the right eye; its mouth corner is drawn up 40 ms later."""
    end_s = at_s + lasts_s
    lids = Closure(
        "right", at_s, end_s, 0.95, 0.08, 0.12, clonic_hz, 0.5, "eyelid_spasm"
    )  # fmt: skip
    mouth = Contraction(
        "mouth_corner", "right", at_s + 0.04, end_s + 0.04, 3.0, 40.0, 0.08, 0.12, clonic_hz, 0.5,
        (("upper_lip", 0.9), ("cheek", 0.6)),
    )  # fmt: skip
    return lids, mouth


SPASMS = (spasm(1.0, 0.3), spasm(3.6, 1.1, 6.0), spasm(6.0, 0.35), spasm(7.9, 1.3, 7.0),
          spasm(10.6, 0.3))  # fmt: skip

SCENES = {
    "no_tremor": replace(
        BASE,
        duration_s=11.0,
        seed=11,
        pattern="none",
        smiles=(Smile(2.4, 10.0, 8.2, 7.8),),
        closures=(blink(1.1), blink(6.3)),
    ),
    "fine_tremor_both_sides": replace(
        BASE,
        duration_s=12.0,
        seed=12,
        pattern="fine_tremor",
        smiles=(Smile(2.4, 11.0, 8.0, 8.3),),
        closures=(blink(1.2), blink(7.4)),
        tremors=(tremor(9.0, 0.30, right_gain=0.9),),
    ),
    "fatigue_like_growth": replace(
        BASE,
        duration_s=14.0,
        seed=13,
        pattern="fatigue",
        smiles=(Smile(2.4, 13.0, 8.4, 8.0),),
        closures=(blink(0.9), blink(8.8)),
        tremors=(tremor(8.3, 0.30, right_gain=0.85, growth=4.0),),
    ),
    "one_sided_spasms": replace(
        BASE,
        duration_s=12.5,
        seed=14,
        pattern="hemifacial_spasm",
        smiles=(Smile(2.4, 11.4, 8.0, 7.4),),
        closures=(*(lids for lids, _ in SPASMS), blink(2.0), blink(9.9)),
        contractions=tuple(mouth for _, mouth in SPASMS),
    ),
    "eye_closing_with_smile": replace(
        BASE,
        duration_s=15.0,
        seed=15,
        pattern="synkinesis",
        smiles=tuple(
            Smile(at, at + 2.9, 6.4, 8.2, narrowing_left=0.8, narrowing_right=0.15)
            for at in (2.2, 6.6, 11.0)
        ),
        closures=(blink(1.0), blink(10.4)),
    ),
    "both_eyelids": replace(
        BASE,
        duration_s=13.0,
        seed=16,
        pattern="blepharospasm",
        smiles=(Smile(2.4, 12.0, 7.6, 7.9),),
        closures=(
            *(Closure("both", at, at + lasts, 1.0, 0.12, 0.2, event="eyelid_spasm")
              for at, lasts in ((4.0, 1.7), (7.2, 2.2), (10.6, 1.4))),
            *(blink(at) for at in (0.6, 1.3, 1.9, 3.2, 6.2, 9.8)),
        ),
    ),
}  # fmt: skip
"""Every sample by its name."""


SHOWS = {
    "no_tremor": "A smile that is held still; the head sways, the eyes blink.",
    "fine_tremor_both_sides": "Fine tremor of both mouth corners while smiling.",
    "fatigue_like_growth": "Fine tremor of both mouth corners that grows while the smile is held.",
    "one_sided_spasms": "Spasms of the right side, the eye first and the mouth 40 ms later, some "
    "of them in runs.",
    "eye_closing_with_smile": "Three smiles; the left eye closes with each.",
    "both_eyelids": "Both eyelids close for more than a second, again and again, and blink often.",
}
MUST_REPORT = {
    "no_tremor": "no tremor, no burst, no spasm",
    "one_sided_spasms": "one-sided closing of the right eye with the right mouth corner",
    "eye_closing_with_smile": "much more eye closure with the smile on the left than on the right",
    "both_eyelids": "eyelid spasms of both eyes, none of one alone; no tremor",
}


def table() -> str:
    """Tell, from the truth files, what is in each sample and what must be reported."""
    rows = ["| video | what it shows | what must be reported |", "|---|---|---|"]
    for name in SCENES:
        truth = Truth.load(HERE / f"{name}.truth.json")
        rows.append(f"| `{name}.mp4` | {SHOWS[name]}{_events(truth)} | {_report(name, truth)} |")
    return "\n".join(rows)


def _events(truth: Truth) -> str:
    times: dict[str, list[str]] = {}
    for event in truth.events:
        kind = f"{event['event'].replace('_', ' ')} ({event['side']})"
        times.setdefault(kind, []).append(f"{event['onset_s']:g}")
    return "".join(f" {kind.capitalize()}: {', '.join(at)} s." for kind, at in times.items())


def _report(name: str, truth: Truth) -> str:
    corners = {t["side"]: t for t in truth.tremors if t["region"] == "mouth_corner"}
    if not corners:
        return MUST_REPORT[name]
    left, right = corners["left"], corners["right"]
    # Thirds of a linear growth g have the mean squares of a line through 1 and g.
    growth = left["growth"]
    third = (growth - 1) / 3
    first, last = (a * a + a * third + third**2 / 3 for a in (1.0, 1.0 + 2 * third))
    return (
        f"{left['frequency_hz']:g} Hz ± 0.1; left {left['p2p_mm']:.3f} mm and right "
        f"{right['p2p_mm']:.3f} mm peak to peak (2√2 RMS over the hold) ± 10 %; growth ratio "
        f"{(last / first) ** 0.5:.2f}"
    )


README = """# Sample videos

Rendered by `python sample_videos/make_samples.py` from the public-domain NASA portrait in the
package (see `tremorcam/simulate/CREDITS.md`), with motion that is known exactly: everything
about a clip is in its `.truth.json` ({channels} channels, every frame, in millimetres). 1280 × 720,
30 frames a second, H.264. Each begins with a neutral face of at least two seconds. Nothing they
show says anything about the person in the photograph.

{table}

Sides are the subject's own. Measure them with `tremorcam analyze sample_videos -o results`.
"""


def main(names: list[str]) -> None:
    """Render the named samples, all where none is named, and write the table."""
    for name in names or list(SCENES):
        truth = render(SCENES[name], HERE / f"{name}.mp4")
        size_mb = (HERE / f"{name}.mp4").stat().st_size / 1e6
        print(f"{name}: {len(truth.time_s)} frames, {size_mb:.1f} MB", file=sys.stderr)
    if all((HERE / f"{name}.truth.json").exists() for name in SCENES):
        text = README.format(table=table(), channels=len(truth.channels))
        (HERE / "README.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
