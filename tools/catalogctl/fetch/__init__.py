"""Send HTTP requests to permitted hosts, with limits on the time and size of each response.

`fetcher.py` downloads a file from a URL, for `--from URL`, `verify URL` and `import URL`. `resolve`
queries registries over the same connections, with logins, rates and budgets.
"""
