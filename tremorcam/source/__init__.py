"""Where pictures come from, and when each of them was."""
