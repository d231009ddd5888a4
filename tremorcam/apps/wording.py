"""What goes to a terminal."""

LONGEST_CAUSE = 200


def one_line(text: str) -> str:
    """Bring a text onto one line that does nothing to a terminal but show.

    File names may hold line breaks and escape sequences.
    """
    words = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def unexpected(error: Exception) -> str:
    """Say that something went wrong that should not have, and what to do about it."""
    what = one_line(str(error))
    shortened = what if len(what) <= LONGEST_CAUSE else f"{what[: LONGEST_CAUSE - 1]}…"
    return (
        f"unexpected {type(error).__name__}: {shortened}; this is a fault of Tremorcam: "
        "run 'tremorcam --debug ...' and report what it shows"
    )
