// The tables of the query language (docs/query.md): made from Python's by
// tests/support/query_language.py, so that both engines know the same one.

/**
 * What one member of a message takes: its kind, its message, its other spelling, its words.
 * @typedef {{kind: string, shape?: string, short?: string, words?: readonly string[]}} Member
 * What an operator tests, whether it takes a list, whether it is the complement.
 * @typedef {{name: string, family: string, takesList: boolean, negated: boolean,
 *   comparison: string}} Operator
 */

export const LIMITS = {
  MAX_DEPTH: 64,
  MAX_NODES: 2000000,
  MAX_CONDITIONS: 10000,
  MAX_SEGMENTS: 64,
  MAX_PATTERN: 1000,
  MAX_PATTERN_SIZE: 1000,
  MAX_REPEAT: 1000,
  MAX_GROUPS: 50,
  MAX_PATTERNS: 200,
  MAX_SUB_KEYS: 100,
  MAX_STAGES: 100,
  MAX_DATE_FORMAT: 100,
  STEPS: 5000000,
  STEPS_PER_PLUGIN: 1000,
  NEW_VALUE: 10,
  CONTAIN_STEP: 16,
  REGEX_STEP: 32,
  JSON_STEP: 8,
};

/** @type {[string, string][]} */
export const FIELDS = [
  ["plugin_id", "a string"],
  ["name", "a string"],
  ["image", "a string"],
  ["registry_url", "a string"],
  ["state", "a string"],
  ["service_type", "a string"],
  ["provider", "a string"],
  ["registry_type", "a string"],
  ["registry_config", "an object"],
  ["capability", "an object"],
  ["template", "an object"],
  ["labels", "a list of strings"],
  ["tags", "an object"],
  ["repository_info", "repository_info"],
  ["repository_id", "a string"],
  ["project_id", "a string"],
  ["domain_id", "a string"],
  ["created_at", "a date"],
  ["updated_at", "a date"],
];

/** @type {string[]} */
export const INFO_NAMES = [
  "repository_id",
  "name",
  "repository_type"
];

/** @type {Record<string, Record<string, Member>>} */
export const SHAPES = {
  PluginQuery: {"query": {"kind": "an object", "shape": "Query"}, "plugin_id": {"kind": "a string"}, "name": {"kind": "a string"}, "state": {"kind": "a string", "words": ["ENABLED", "DISABLED", "NONE"]}, "service_type": {"kind": "a string"}, "provider": {"kind": "a string"}, "registry_type": {"kind": "a string", "words": ["DOCKER_HUB", "AWS_PUBLIC_ECR", "NONE_REGISTRY_TYPE"]}, "repository_id": {"kind": "a string"}, "domain_id": {"kind": "a string"}},
  PluginStatQuery: {"query": {"kind": "an object", "shape": "StatisticsQuery"}, "repository_id": {"kind": "a string"}, "domain_id": {"kind": "a string"}},
  Query: {"filter": {"kind": "a list of objects", "shape": "Filter"}, "filter_or": {"kind": "a list of objects", "shape": "Filter"}, "sort": {"kind": "an object", "shape": "Sort"}, "page": {"kind": "an object", "shape": "Page"}, "minimal": {"kind": "a boolean"}, "count_only": {"kind": "a boolean"}, "only": {"kind": "a list of strings"}, "keyword": {"kind": "a string"}},
  StatisticsQuery: {"filter": {"kind": "a list of objects", "shape": "Filter"}, "filter_or": {"kind": "a list of objects", "shape": "Filter"}, "aggregate": {"kind": "a list of objects", "shape": "Stage"}, "page": {"kind": "an object", "shape": "Page"}, "distinct": {"kind": "a string"}, "keyword": {"kind": "a string"}},
  Filter: {"key": {"kind": "a string, also an empty one", "short": "k"}, "value": {"kind": "any value", "short": "v"}, "operator": {"kind": "a string, also an empty one", "short": "o"}},
  Sort: {"key": {"kind": "a string"}, "desc": {"kind": "a boolean"}, "keys": {"kind": "a list of objects", "shape": "SortKey"}},
  SortKey: {"key": {"kind": "a string"}, "desc": {"kind": "a boolean"}},
  Page: {"start": {"kind": "a whole number that is not negative"}, "limit": {"kind": "a whole number that is not negative"}},
  Stage: {"unwind": {"kind": "an object", "shape": "Unwind"}, "group": {"kind": "an object", "shape": "Group"}, "count": {"kind": "an object", "shape": "Count"}, "sort": {"kind": "an object", "shape": "Sort"}, "project": {"kind": "an object", "shape": "Project"}, "limit": {"kind": "a whole number"}, "skip": {"kind": "a whole number"}},
  Unwind: {"path": {"kind": "a string"}},
  Count: {"name": {"kind": "a string"}},
  Group: {"keys": {"kind": "a list of objects", "shape": "GroupKey"}, "fields": {"kind": "a list of objects", "shape": "GroupField"}},
  GroupKey: {"key": {"kind": "a string, also an empty one", "short": "k"}, "name": {"kind": "a string, also an empty one", "short": "n"}, "date_format": {"kind": "a string"}},
  GroupField: {"key": {"kind": "a string, also an empty one", "short": "k"}, "name": {"kind": "a string, also an empty one", "short": "n"}, "operator": {"kind": "a string, also an empty one", "short": "o"}, "fields": {"kind": "a list of objects", "shape": "SubField"}, "conditions": {"kind": "a list of objects", "shape": "Filter"}},
  SubField: {"key": {"kind": "a string, also an empty one", "short": "k"}, "name": {"kind": "a string, also an empty one", "short": "n"}},
  Project: {"fields": {"kind": "a list of objects", "shape": "ProjectField"}, "exclude_keys": {"kind": "a boolean"}},
  ProjectField: {"key": {"kind": "a string, also an empty one", "short": "k"}, "name": {"kind": "a string, also an empty one", "short": "n"}, "operator": {"kind": "a string, also an empty one", "short": "o"}},
};

/** @type {string[]} */
export const COMPARISONS = [
  "lt",
  "lte",
  "gt",
  "gte"
];

/** @type {Operator[]} */
export const OPERATORS = [
  {"name": "eq", "family": "equal", "takesList": false, "negated": false, "comparison": ""},
  {"name": "not", "family": "equal", "takesList": false, "negated": true, "comparison": ""},
  {"name": "lt", "family": "compare", "takesList": false, "negated": false, "comparison": "lt"},
  {"name": "lte", "family": "compare", "takesList": false, "negated": false, "comparison": "lte"},
  {"name": "gt", "family": "compare", "takesList": false, "negated": false, "comparison": "gt"},
  {"name": "gte", "family": "compare", "takesList": false, "negated": false, "comparison": "gte"},
  {"name": "exists", "family": "exist", "takesList": false, "negated": false, "comparison": ""},
  {"name": "contain", "family": "contain", "takesList": false, "negated": false, "comparison": ""},
  {"name": "not_contain", "family": "contain", "takesList": false, "negated": true, "comparison": ""},
  {"name": "in", "family": "one_of", "takesList": true, "negated": false, "comparison": ""},
  {"name": "not_in", "family": "one_of", "takesList": true, "negated": true, "comparison": ""},
  {"name": "contain_in", "family": "contain", "takesList": true, "negated": false, "comparison": ""},
  {"name": "not_contain_in", "family": "contain", "takesList": true, "negated": true, "comparison": ""},
  {"name": "match", "family": "match", "takesList": false, "negated": false, "comparison": ""},
  {"name": "regex", "family": "regex", "takesList": false, "negated": false, "comparison": ""},
  {"name": "regex_in", "family": "regex", "takesList": true, "negated": false, "comparison": ""},
  {"name": "datetime_lt", "family": "datetime", "takesList": false, "negated": false, "comparison": "lt"},
  {"name": "datetime_lte", "family": "datetime", "takesList": false, "negated": false, "comparison": "lte"},
  {"name": "datetime_gt", "family": "datetime", "takesList": false, "negated": false, "comparison": "gt"},
  {"name": "datetime_gte", "family": "datetime", "takesList": false, "negated": false, "comparison": "gte"},
  {"name": "timediff_lt", "family": "timediff", "takesList": false, "negated": false, "comparison": "lt"},
  {"name": "timediff_lte", "family": "timediff", "takesList": false, "negated": false, "comparison": "lte"},
  {"name": "timediff_gt", "family": "timediff", "takesList": false, "negated": false, "comparison": "gt"},
  {"name": "timediff_gte", "family": "timediff", "takesList": false, "negated": false, "comparison": "gte"},
];

/** @type {Record<string, string>} */
export const LIST_HINTS = {
  eq: "\"in\" does",
  not: "\"not_in\" does",
  lt: "it takes a single value",
  lte: "it takes a single value",
  gt: "it takes a single value",
  gte: "it takes a single value",
  exists: "it takes true or false",
  contain: "\"contain_in\" does",
  not_contain: "\"not_contain_in\" does",
  match: "it takes an object",
  regex: "\"regex_in\" does",
  datetime_lt: "it takes a date, such as \"2022-02-01\"",
  datetime_lte: "it takes a date, such as \"2022-02-01\"",
  datetime_gt: "it takes a date, such as \"2022-02-01\"",
  datetime_gte: "it takes a date, such as \"2022-02-01\"",
  timediff_lt: "it takes a time expression, such as \"now-7d\"",
  timediff_lte: "it takes a time expression, such as \"now-7d\"",
  timediff_gt: "it takes a time expression, such as \"now-7d\"",
  timediff_gte: "it takes a time expression, such as \"now-7d\"",
};

/** @type {[string, string][]} */
export const SYNONYMS = [
  ["==", "eq"],
  ["=", "eq"],
  ["equals", "eq"],
  ["!=", "not"],
  ["<>", "not"],
  ["ne", "not"],
  ["neq", "not"],
  ["not_eq", "not"],
  ["not_equals", "not"],
  ["<", "lt"],
  ["<=", "lte"],
  [">", "gt"],
  [">=", "gte"],
  ["nin", "not_in"],
  ["like", "contain"],
  ["not_like", "not_contain"],
];

/** @type {string[]} */
export const GROUP_OPERATORS = [
  "count",
  "sum",
  "average",
  "max",
  "min",
  "first",
  "last",
  "add_to_set",
  "push",
  "merge_objects",
];
