"""``python -m adoptsim`` is the command ``adoptsim``."""

from adoptsim.cli import main

main(prog_name="adoptsim")
