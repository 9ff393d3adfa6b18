"""Answer the query language: JSON requests over PluginInfo dicts.

It needs no file and no network. Read it in the order of its work:

- what a query is: `model` (frozen values), `query_limits` (how much it may ask for);
- the parser, JSON in, a `model` value or an ApiError out: `json_check`, `shape` by the table of
  `shapes`, `query_requests` (the order of checks), `conditions` by that of `operators`, `stages`,
  `projection`, `order`, and the small languages inside: `field_paths`, `query_times`,
  `date_formats`, `query_patterns` (whose grammar is `dialect`);
- the evaluator: `query_answers`, `documents` (what plugins look like to a query), `matching`
  (filters), `order`, `list_query`, and for stat `stat_query`, `rows`, `groups`,
  `accumulators`;
- `plugin_search`: the site's search, for words instead of conditions;
- `query_values` (equality, order, case, printing) serves all of them; `canonical_request` names a
  query, `builtin` has those that every catalog answers.
"""

from catalogctl.query.builtin import BUILT_IN
from catalogctl.query.canonical_request import canonical, query_id
from catalogctl.query.documents import Documents, base_order
from catalogctl.query.projection import only_fields
from catalogctl.query.query_answers import answer
from catalogctl.query.query_requests import check_repository, parse

__all__ = [
    "BUILT_IN",
    "Documents",
    "answer",
    "base_order",
    "canonical",
    "check_repository",
    "only_fields",
    "parse",
    "query_id",
]
