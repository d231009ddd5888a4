"""Numbers as people read them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tremorcam.publish.answer import Estimate

NOTHING = "–"
MINUS = "\N{MINUS SIGN}"
GAP = "\N{NO-BREAK SPACE}"
LEAST = 1e-5


def format_number(value: float | None, digits: int = 2) -> str:
    """Write a number with so many significant digits, never with an exponent.

    What is closer to zero than 0.00001 is told as such.

    Examples
    --------
    >>> format_number(0.4449), format_number(1234.0), format_number(0.0), format_number(None)
    ('0.44', '1234', '0', '–')
    """
    if value is None or math.isnan(value):
        return NOTHING
    if value == 0 or math.isinf(value):
        return f"{value:g}".replace("inf", "∞").replace("-", MINUS)
    if abs(value) < LEAST:
        return f"< {LEAST:f}".rstrip("0")
    decimals = _decimals(value, digits)
    text = f"{value:.{decimals}f}".replace("-", MINUS)
    return text.rstrip("0").rstrip(".") if decimals > digits else text


def format_estimate(estimate: Estimate, digits: int = 2) -> str:
    """Write an estimate with its confidence interval, as ``0.44 (0.40 to 0.49)``.

    The bounds have as many decimals as the value; one or two more where the interval is so
    narrow that its bounds would read the same.
    """
    if not (estimate.known and estimate.has_interval):
        return format_number(estimate.value, digits)
    decimals = _decimals(estimate.value, digits) if estimate.value else digits - 1
    width = estimate.ci_high - estimate.ci_low
    if 0 < width < 10.0**-decimals:
        decimals = min(_decimals(width, 1), decimals + 2)
    value, low, high = (
        f"{number:.{decimals}f}".replace("-", MINUS)
        for number in (estimate.value, estimate.ci_low, estimate.ci_high)
    )
    # A line may break before the interval, not within it.
    return f"{value} ({low}{GAP}to{GAP}{high})"


def _decimals(value: float, digits: int) -> int:
    return max(0, digits - 1 - math.floor(math.log10(abs(value))))


def format_unit(unit: str | None) -> str:
    """Write a unit after a number, with a gap that does not break; nothing for a plain number."""
    return "" if unit in (None, "", "1") else f"{GAP}{unit}"


def format_limit(value: float | None, unit: str | None, digits: int = 2) -> str:
    """Write a value with its unit, a dash where there is none; whole numbers without decimals."""
    whole = value is not None and float(value).is_integer()
    text = format_number(value, digits if not whole else 1)
    return text if text == NOTHING else text + format_unit(unit)
