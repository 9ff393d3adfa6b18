"""Define what stands for all repositories, where a call is asked for the id of one."""

from __future__ import annotations

EVERY = "*"
