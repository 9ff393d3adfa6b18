"""Random git histories of small catalogs, for property tests, and what each commit's tree holds."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import strategies as st

from support.catalogs import plugin
from support.git import FIRST, Repository, environment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Tree: TypeAlias = "Mapping[str, str]"

_PLUGINS = [
    plugin("x"),
    plugin("x", labels="[a]"),
    plugin("x", state="DISABLED"),
    plugin("x", name="Other", deprecated="{reason: old, successor: b}"),
    "# a comment\n" + plugin("x"),
    "name: [\n",
]
_LOCKS = [
    '{"latest": "1.0", "versions": [{"tag": "1.0", "digest": "sha256:1"}]}',
    '{"latest": "1.0", "versions": [{"tag": "1.0", "digest": "sha256:2"}]}',
    '{"latest": "1.1", "versions": [{"tag": "1.1"}, {"tag": "1.0", "digest": "sha256:2"}]}',
    "{",
]
_CONTENTS = {
    **{f"plugins/{name}.yaml": _PLUGINS for name in "abc"},
    **{f"versions/{name}.json": _LOCKS for name in "ab"},
    "README": ["hello\n", "bye\n"],
}


@dataclass(frozen=True, slots=True)
class Made:
    """A commit of a random history: what its tree holds, by path, and when it was made."""

    parents: Sequence[int]
    tree: Tree
    time: int


@dataclass(slots=True)
class RandomHistory:
    """Commits, numbered from 0; `line` has those of the first-parent line of main, oldest first."""

    commits: list[Made] = field(default_factory=list)
    line: list[int] = field(default_factory=list)

    def write(self, folder: Path) -> list[str]:
        """Write the commits to a new repository, and return their ids."""
        repository = Repository.new(folder)
        subprocess.run(
            ["git", "-C", folder, "fast-import", "--quiet", "--export-marks=marks"],
            input="".join(map(self._command, range(len(self.commits)))).encode(),
            env=environment(),
            check=True,
        )
        marks = (folder / "marks").read_text().split()
        names = dict(zip(marks[::2], marks[1::2], strict=True))
        repository.git("update-ref", "refs/heads/main", names[f":{self.line[-1] + 1}"])
        return [names[f":{number + 1}"] for number in range(len(self.commits))]

    def _command(self, number: int) -> str:
        made = self.commits[number]
        before = self.commits[made.parents[0]].tree if made.parents else {}
        subject = f"step {number}"
        lines = [
            f"commit refs/heads/all{number}",
            f"mark :{number + 1}",
            f"committer Ann <ann@example.org> {made.time} +0000",
            f"data {len(subject)}\n{subject}",
            *(
                f"{word} :{parent + 1}"
                for word, parent in zip(("from", "merge", "merge"), made.parents, strict=False)
            ),
            *(f"D {path}" for path in before if path not in made.tree),
            *(
                f"M 100644 inline {path}\ndata {len(text)}\n{text}"
                for path, text in made.tree.items()
                if before.get(path) != text
            ),
        ]
        return "\n".join(lines) + "\n\n"


@st.composite
def random_histories(draw: st.DrawFn) -> RandomHistory:
    """Draw a history: edits, deletions, renames, merges (right and wrong ones), odd clocks."""
    history = RandomHistory()
    heads: list[int] = []
    for number in range(draw(st.integers(2, 14))):
        is_on_line = number == 0 or draw(st.integers(0, 2)) > 0
        first = history.line[-1:] if is_on_line else [draw(st.sampled_from(range(number)))]
        others = (
            draw(st.lists(st.sampled_from(range(number)), max_size=2, unique=True))
            if (number and draw(st.integers(0, 2)) == 0)
            else []
        )
        parents = [*first, *(each for each in others if each not in first)]
        time = draw(st.sampled_from([FIRST + 60 * number] * 6 + [FIRST - 9000, 5, FIRST + 10**6]))
        tree = _tree(draw, [history.commits[parent].tree for parent in parents])
        history.commits.append(Made(parents, tree, time))
        heads.append(number)
        if is_on_line:
            history.line.append(number)
    return history


def _tree(draw: st.DrawFn, parents: Sequence[Tree]) -> Tree:
    """Draw a commit's tree: files of its parents, edited, deleted, renamed or left alone."""
    tree = dict(parents[0]) if parents else {}
    for other in parents[1:]:
        for path in draw(st.lists(st.sampled_from(sorted(_CONTENTS)), max_size=6)):
            tree.pop(path, None)
            tree.update({path: other[path]} if path in other else {})
    for path in draw(st.lists(st.sampled_from(sorted(_CONTENTS)), max_size=3)):
        text = draw(st.sampled_from([None, *_CONTENTS[path]]))
        tree.pop(path, None)
        tree.update({path: text} if text is not None else {})
    if "plugins/a.yaml" in tree and draw(st.integers(0, 5)) == 0:
        tree["plugins/c.yaml"] = tree.pop("plugins/a.yaml")
    return tree
