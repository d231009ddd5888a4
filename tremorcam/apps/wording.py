"""What goes to a terminal."""

LONGEST_CAUSE = 200


def one_line(text: str) -> str:
    """Bring a text onto one line that does nothing to a terminal but show.

    File names may hold line breaks and escape sequences.
    """
    words = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)


def shortened(text: str, longest: int = LONGEST_CAUSE) -> str:
    """Bring a text of any length onto one line of at most so many characters."""
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def is_text(name: str) -> bool:
    """Whether a name is text at all: file systems of Unix take any bytes."""
    return not any("\ud800" <= c <= "\udfff" for c in name)


def as_text(name: str) -> str:
    """Give a name that can be written: bytes that are no text become question marks."""
    return name.encode(errors="replace").decode()


def unexpected(error: Exception) -> str:
    """Say that something went wrong that should not have, and what to do about it."""
    return (
        f"unexpected {type(error).__name__}: {shortened(str(error))}; "
        "this is a fault of Tremorcam: run 'tremorcam --debug ...' and report what it shows"
    )
