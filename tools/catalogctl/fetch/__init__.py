"""Fetch a file from a web address: within its time and size, from that host alone, without a login.

`--from URL`, `verify URL` and `import URL` all read through here. Registries have a client of their
own in `resolve`, with logins, rates and budgets; the connections and the deadline are the same.
"""
