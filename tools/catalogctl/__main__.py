"""Run catalogctl with `python -m catalogctl`."""

from catalogctl.cli.main import run

if __name__ == "__main__":
    run()
