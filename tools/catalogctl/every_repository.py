"""Define the repository id that stands for all repositories in a call."""

from __future__ import annotations

EVERY = "*"
