"""Answer the query language: JSON requests over PluginInfo dicts.

It needs no file and no network. Read it in the order of its work:

- what a query is: `model` (frozen values), `limits` (how much it may ask for);
- the parser, JSON in, a `model` value or an ApiError out: `json_check`, `shape` by the table of
  `shapes`, `requests` (the order of checks), `conditions` by that of `operators`, `stages`,
  `projection`, `order`, and the small languages inside: `paths`, `times`, `dates`, `patterns`
  (whose grammar is `dialect`);
- the compiler, tests in, functions of values out: `candidates`;
- the evaluator: `documents` (what plugins look like to a query), `matching` (filters), `order`,
  `lists`, and for stat `stats`, `tables`, `rows`, `groups`, `accumulators`;
- `search`: the site's search, for words instead of conditions;
- `values` (equality, order, case, printing) serves all of them; `canonical` names a query,
  `builtin` has those that every catalog answers.
"""

from catalogctl.query.builtin import BUILT_IN
from catalogctl.query.canonical_request import canonical, query_id
from catalogctl.query.documents import Documents, base_order
from catalogctl.query.list_query import answer_list
from catalogctl.query.model import ListQuery, StatQuery
from catalogctl.query.projection import only_fields
from catalogctl.query.query_requests import check_repository, parse_list, parse_stat
from catalogctl.query.stat_query import answer_stat

__all__ = [
    "BUILT_IN",
    "Documents",
    "ListQuery",
    "StatQuery",
    "answer_list",
    "answer_stat",
    "base_order",
    "canonical",
    "check_repository",
    "only_fields",
    "parse_list",
    "parse_stat",
    "query_id",
]
