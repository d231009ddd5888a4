"""What goes to a terminal."""


def one_line(text: str) -> str:
    """Bring a text onto one line that does nothing to a terminal but show.

    File names may hold line breaks and escape sequences.
    """
    words = " ".join(text.split())
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in words)
