"""Change one value of a YAML file and no other byte.

The text is spliced where PyYAML's marks show that a part begins and ends; everything else stays the
same. The result is then parsed again, and the edit is refused unless it has exactly the requested
value.
"""

from __future__ import annotations

from catalogctl.edit.set_value import set_value, unset_value

__all__ = ["set_value", "unset_value"]
