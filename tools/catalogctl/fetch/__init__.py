"""Send requests over HTTP: to hosts that may be asked, each answer within its time and size.

`fetcher.py` gets a file from a web address, for `--from URL`, `verify URL` and `import URL`.
`resolve` asks registries over the same connections, with logins, rates and budgets.
"""
