"""`python -m laptop`: the command `labelloop`."""

from laptop.commands.cli import app

app(prog_name="labelloop")
