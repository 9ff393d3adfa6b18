"""`catalogctl explain CODE`: explain what a problem code means and how to fix it."""

from __future__ import annotations

import click

from catalogctl.cli.completion import codes
from catalogctl.codes import Code, all_codes
from catalogctl.did_you_mean import did_you_mean
from catalogctl.errors import UsageError


@click.command("explain")
@click.argument("code", required=False, shell_complete=codes)
def explain_command(code: str | None) -> int:
    """Explain a problem code from a report, with a wrong and a right example.

    Without CODE, all codes are listed.

    \b
    Examples:
      catalogctl explain image-name-too-long
      catalogctl explain

    Exit codes: 0 success, 2 unknown code.
    """
    if code is None:
        click.echo("\n".join(f"{each.code:24} {each.meaning}" for each in all_codes().values()))
    elif code in all_codes():
        click.echo(_page(all_codes()[code]), nl=False)
    else:
        hint = did_you_mean(code, all_codes())
        raise UsageError(f"there is no code {code!r}" + (f": {hint}" if hint else ""))
    return 0


def _page(code: Code) -> str:
    """Return the complete explanation of a code as text."""
    parts = [f"{code.severity.value}[{code.code}]", "", code.meaning, f"From {code.source}."]
    for heading, example in (("Wrong", code.wrong), ("Right", code.right)):
        if example:
            text = "\n".join(f"  {line}" for line in example.splitlines())
            parts += ["", f"{heading} ({code.file.value}):", "", text]
    return "\n".join(parts) + "\n"
