"""Run the command line as ``python -m hyperlocal``."""

from hyperlocal.cli import main

main()
