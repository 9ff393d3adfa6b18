"""Run catalogctl with `python -m catalogctl`."""

from catalogctl.cli.entry_point import run

if __name__ == "__main__":
    run()
