"""Answer the query language: JSON requests over PluginInfo dicts.

It reads no file and uses no network. The modules, in the order of processing:

- the query itself: `model` (frozen values), `query_limits` (how much a query may ask for);
- the parser, from JSON to a `model` value or an ApiError: `json_check`, `request_messages` (driven
  by the table in `message_shapes`), `query_requests` (the order of checks), `conditions` (driven by
  the table in `operators`), `stages`, `projection`, `order`, and the embedded languages:
  `field_paths`, `query_times`, `date_formats`, `query_patterns` (with its grammar in `dialect`);
- the evaluator: `query_answers`, `query_documents` (plugins as a query sees them), `named_fields`
  (which of their fields it looks at), `matching` (filters), `order`, `list_query`, and for stat
  `stat_query`, `rows`, `groups`, `accumulators`;
- `plugin_search`: the site's search, by words instead of conditions;
- `query_values` (equality, order, case, printing) is used by all of them; `canonical_request`
  names a query; `builtin` contains the queries that every catalog answers.
"""

from catalogctl.query.builtin import BUILT_IN, UNNAMED
from catalogctl.query.canonical_request import canonical, query_id
from catalogctl.query.named_fields import named_fields
from catalogctl.query.projection import only_fields
from catalogctl.query.query_answers import answer, answer_query
from catalogctl.query.query_documents import Documents, base_order, document
from catalogctl.query.query_requests import check_repository, given_fields, parse

__all__ = [
    "BUILT_IN",
    "UNNAMED",
    "Documents",
    "answer",
    "answer_query",
    "base_order",
    "canonical",
    "check_repository",
    "document",
    "given_fields",
    "named_fields",
    "only_fields",
    "parse",
    "query_id",
]
