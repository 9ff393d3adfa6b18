"""The rules: one function, one code; `RULES` in `validate/__init__.py` lists them."""
