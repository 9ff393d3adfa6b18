"""Define the rules: one function for each code; `RULES` in `validate/__init__.py` lists them."""
