"""`python -m catalogctl` is `catalogctl`."""

from catalogctl.cli.main import run

if __name__ == "__main__":
    run()
