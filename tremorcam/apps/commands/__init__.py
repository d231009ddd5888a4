"""The commands, one module each.

A module here is found by itself. It defines ``register(app)``, which adds its command to the
:class:`typer.Typer` given, and it imports nothing heavy at its top: every start of
``tremorcam`` imports them all.
"""
