"""``python -m trimtab.cli``: the command line where no console script is installed."""

from trimtab.cli.app import main

main()
