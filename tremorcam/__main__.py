"""``python -m tremorcam``."""

from tremorcam.apps.cli import main

if __name__ == "__main__":
    main()
