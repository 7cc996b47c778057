"""`python -m laptop`: the command `labelloop`."""

from laptop.cli import app

app(prog_name="labelloop")
