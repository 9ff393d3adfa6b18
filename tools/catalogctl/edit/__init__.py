"""Change one value of a YAML file and no other byte.

The text is cut and joined where PyYAML's marks say that a part begins and ends; all else stays as
it is. The strict reader reads the result again, and unless it finds exactly the value that was
asked for, the edit is refused.
"""

from __future__ import annotations

from catalogctl.edit.set_value import set_value, unset_value

__all__ = ["set_value", "unset_value"]
