"""`catalogctl explain`: a code's rule, where it is from, a wrong and a right example."""

from __future__ import annotations

import pytest

from catalogctl.cli.main import main
from catalogctl.codes import Code, all_codes


@pytest.mark.parametrize("code", all_codes().values(), ids=lambda code: code.code)
def test_a_code_is_explained_by_what_the_table_says(
    code: Code, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["explain", code.code]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith(f"{code.severity.value}[{code.code}]\n")
    assert code.meaning in shown
    assert f"From {code.source}." in shown
    for heading, example in (("Wrong", code.wrong), ("Right", code.right)):
        if example:
            assert f"\n{heading} (" in shown
            assert all(f"  {line}\n" in shown for line in example.splitlines())


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain"]) == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(all_codes())
