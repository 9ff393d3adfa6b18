// What the classic scripts give each other through `globalThis`, and the JSON that they read. For
// the type checker alone: nothing of it is published. Modules name their types where they stand.

/** A text of site/strings.yaml that depends on a number. */
interface PluralText {
  one?: string;
  other: string;
}

/** The texts that the scripts of a page name; the build puts them before each script. */
declare var catalogTexts: Record<string, string | PluralText>;

/** The page's policy of trusted types. TypeScript's own types know no TrustedScriptURL. */
interface ScriptPolicy {
  createScriptURL(url: string): string;
}
declare var trustedTypes:
  | { createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy }
  | undefined;

/** Made by notfound.js where that script runs, else by site.js. */
declare var catalogPolicy: ScriptPolicy | undefined;

/** Exists in a worker alone. */
declare var WorkerGlobalScope: (new () => EventTarget) | undefined;

// ---- site.js

/** An element's constructor: `HTMLInputElement`, say. */
type ElementType<T extends Element> = new () => T;

declare var catalogElements: {
  /** The first element that a selector finds; throws where there is none, or one of another type. */
  element<T extends Element>(selector: string, type: ElementType<T>, place?: ParentNode): T;
  /** All elements that a selector finds, but those of another type. */
  elements<T extends Element>(selector: string, type: ElementType<T>, place?: ParentNode): T[];
  make<Tag extends keyof HTMLElementTagNameMap>(
    tag: Tag,
    given: Record<string, string>,
    ...parts: (Node | string)[]
  ): HTMLElementTagNameMap[Tag];
};
declare var catalogRows: {
  /** A plugin's row, as `row.html` renders it, with the terms marked. */
  row(plugin: SearchRow, root: URL, terms?: SearchTerm[]): HTMLElement;
};
declare var catalogDates: { ages(place: ParentNode): void };
declare var catalogScripts: { startWorker(path: string, options?: WorkerOptions): Worker };
declare var catalogWords: {
  counted(key: string, count: number): string;
  number(value: number): string;
  parts<T>(key: string, values: Record<string, T | T[]>): (T | string)[];
  t(key: string, values?: Record<string, string | number>): string;
  size(bytes: number): string;
};

// ---- search-engine.js

/** `search/index.json`. */
interface SearchIndex {
  count: number;
  shards: { path: string; count: number; size: number }[];
}

/** The columns of up to 5,000 plugins, as `search/<hash>.json` has them (publish/site/search_index.py). */
interface Shard {
  id: string[];
  name: string[];
  text: string[];
  labels: number[][];
  type: number[];
  provider: number[];
  registry: number[];
  version: string[];
  released: number[];
  updated: number[];
  created: number[];
  disabled: number[];
  deprecated: number[];
  space: number[];
  images: Record<string, string>;
  icons: Record<string, string>;
  labelValues: string[];
  typeValues: string[];
  typeWords: string[];
  typeGlyphs: string[];
  providerValues: string[];
  providerWords: string[];
  providerHues: string[];
  registryValues: string[];
  /** The repository of each plugin, -1 for the catalog's own; only in a catalog with upstreams. */
  repository?: number[];
  repositoryValues?: string[];
  ownRepository?: string;
  spaceValues: string[];
}

/** A plugin as a row shows it; days count from 1970. */
interface SearchRow {
  id: string;
  name: string;
  text: string;
  labels: string[];
  service_type: string;
  kind: string;
  glyph: string;
  provider: string;
  providerWord: string;
  hue: string;
  registry_type: string;
  /** The upstream that the plugin was taken from, "" for the catalog's own. */
  repository: string;
  /** The catalog's own repository, "" in a catalog without upstreams. */
  ownRepository: string;
  state: "ENABLED" | "DISABLED";
  deprecated: boolean;
  version: string;
  /** 0 if unknown. */
  released: number;
  updated: number;
  created: number;
  icon: string;
}

interface SearchQuestion {
  q: string;
  /** Whether words that nothing has stay as they are. */
  literal: boolean;
  /** Fields and the values that are chosen of each. */
  chosen: [string, string[]][];
  sort: string;
  page: number;
  /** Rows of a page. */
  size: number;
}

interface SearchAnswer {
  count: number;
  total: number;
  loaded: number;
  page: number;
  rows: SearchRow[];
  /** Fields, each with its first choices (a value, its word, its plugins), and how many there are. */
  facets: [string, [string, string, number][], number][];
  /** Fields, each with the chosen values and their words. */
  chosen: [string, [string, string][]][];
  terms: string[];
  /** Words that nothing has, each with those that were looked for in its place. */
  corrected: [string, string[]][];
  /** What matches the words but not the choices. */
  outside: { count: number; rows: SearchRow[] };
  /** Plugins with similar names, if nothing was found. */
  near: SearchRow[];
}

/** Told when more of the index has come, or when some of it failed to. */
type SearchProgress = (loaded: number, total: number, failed?: boolean) => void;

/** A word that is searched for. */
interface SearchTerm {
  text: string;
  /** Where it stands in a plain text. */
  placesIn(text: string): [number, number][];
}

interface SearchScanner {
  rows: SearchRow[];
  add(shard: Shard): void;
  find(question: SearchQuestion): SearchAnswer;
}

/** Where answers come from: the engine on the page, or a worker that has it. */
interface SearchSource {
  ask(question: SearchQuestion): Promise<SearchAnswer>;
  /** Resolves once there is something to search in. */
  first?: Promise<void>;
  end?(): void;
}

/** What the search's worker is sent: first the catalog's root, then questions. */
type SearchMessage = { root: string } | { number: number; question: SearchQuestion };

/** What it sends back: how much of the index has come, or the answer to a question. */
type SearchReply =
  | { loaded: number; total: number; failed?: boolean; number?: undefined }
  | { number: number; found: SearchAnswer; error?: undefined }
  | { number: number; error: string };

declare var catalogSearch: {
  Scanner: new () => SearchScanner;
  Source: new (root: URL, told: SearchProgress) => SearchSource;
  Term: new (text: string) => SearchTerm;
  plain(text: string): string;
  termsOf(query: string): string[];
  edits(term: string, word: string, limit: number): number;
};

// ---- references.js, formats.js, check.js, pattern.js

type JsonObject = Record<string, unknown>;

/** A schema, and where the references in it lead. */
interface SchemaReferences {
  root: unknown;
  /** `lost` is the first reference that leads nowhere, or in a circle. */
  follow(schema: unknown): { schema: unknown; lost?: string };
  /** The members that the schema of an object names, with those of its `allOf`. */
  members(schema: unknown): { properties: Map<string, unknown>; required: Set<unknown> };
}

/** What is wrong with a value, or can't be told here. */
interface Finding {
  /** An RFC 6901 pointer. */
  path: string;
  text: string;
  /** It may be wrong: the page can't tell. */
  unsure?: boolean;
  /** The page can't tell yet. */
  pending?: boolean;
}

/** Whether a text matches a pattern; null: it can't be told here; undefined: not yet. */
type Matches = (pattern: string, text: string) => boolean | null | undefined;

declare var catalogReferences: {
  References: new (root: unknown) => SchemaReferences;
  isObject(value: unknown): value is JsonObject;
};
declare var catalogFormats: { isOfFormat(format: string, text: string): boolean | null };
declare var catalogJson: {
  /** What of a text its value as JSON lacks, in words; "" if nothing. */
  loss(text: string): string;
  /** JSON that means the same in YAML and Python. */
  quoted(value: unknown, indent?: number): string;
  /** The value of a text as JSON, or the text if that says more. */
  read(text: string, allowsText: boolean): unknown;
};
declare var catalogCheck: {
  check(references: SchemaReferences, value: unknown, matches: Matches): Finding[];
  /** The pointer of a member of the value at a pointer. */
  below(path: string, name: string): string;
};

interface PatternQuestion {
  pattern: string;
  text: string;
}

/** What the worker of patterns sends: that it runs, or whether the text matches. */
type PatternReply =
  | { ready: true }
  | (PatternQuestion & { ready?: undefined; fits: boolean | null });

// ---- complete.js, query-snippets.js, query-worker.js, console.js

type QueryKind = "list" | "stat";

/** From where to where in a text, in UTF-16 code units. */
type TextRange = [number, number];

/** What the page tells its console (publish/site/console_page.py). */
interface ConsoleValues {
  /** The path of the index. */
  index: string;
  /** The path of the list of all plugins, or of the index that names its parts. */
  all: string;
  in_parts: boolean;
  repository_id: string;
  /** Those that can be asked, with EVERY for all; only in a catalog with upstreams. */
  repositories?: AskedRepository[];
  base_url: string | null;
  operators: string[];
  accumulators: string[];
  examples: QueryExample[];
}

/** A repository that the console can ask, or all; `all` and `in_parts` are those of its list. */
interface AskedRepository {
  repository_id: string;
  all: string;
  in_parts: boolean;
}

/** What `index.json` says of a list: it is a file or has parts, `size` is in bytes. */
interface PublishedList {
  size: number;
  parts?: { size: number }[];
}

/** What the console takes from `index.json`. */
interface PublishedIndex {
  lists: { all: PublishedList; every?: PublishedList };
  repositories?: { repository_info: { repository_id: string }; lists: { all: PublishedList } }[];
}

/**
 * A query that the catalog publishes; `path` is that of its answer, "" when it has none. It asks
 * the catalog's own plugins if it names no repository.
 */
interface QueryExample {
  repository_id?: string;
  name: string;
  title: string;
  kind: QueryKind;
  request: { query?: JsonObject; [field: string]: unknown };
  path: string;
}

/** The words that a query may be made of, beside those of the language. */
interface KnownWords {
  fields: string[];
  operators: string[];
  accumulators: string[];
}

/** What may stand at the cursor: in place of the text from `from` on. */
interface Completions {
  from: number;
  prefix: string;
  /** Whether the cursor stands in quotes. */
  quoted: boolean;
  words: string[];
}

declare var catalogComplete: {
  offers(kind: QueryKind, before: string, known: KnownWords): Completions;
};

/** A column whose value is the same in every row; `value` is its text. */
interface SameValue {
  name: string;
  value: string;
}

/** How a table of an answer is shown: links start at `root`, `sorted` is the sort of the query. */
interface TableView {
  root: URL;
  sorted: { key: string; desc: boolean } | null;
}

declare var catalogAnswer: {
  /** The columns of a table, and those that it could also have; `only` is that of the query. */
  columnsOf(
    kind: QueryKind,
    only: string[],
    rows: JsonObject[],
  ): { chosen: string[]; others: string[] };
  /** The columns without the first in which several rows have the same short value. */
  constantsOf(rows: JsonObject[], columns: string[]): SameValue[];
  csv(rows: JsonObject[], columns: string[]): string;
  /** Rows as objects: a value that is none becomes the member `value` of one. */
  records(rows: unknown[]): JsonObject[];
  /** The table of the first rows and, if there are more, their number. */
  table(rows: JsonObject[], columns: string[], view: TableView): HTMLElement[];
  valueAt(row: JsonObject, path: string): unknown;
};

/** A query to be written for other tools. */
interface SnippetQuery {
  kind: QueryKind;
  query: unknown;
  base: string | null;
  /** The repository that is asked, EVERY for all, "" for the catalog's own. */
  repositoryId: string;
  /** That of the published answer, "" when the catalog has none. */
  path: string;
  /** The path of the list of all plugins, or of the index if the list is in parts. */
  all: string;
  inParts: boolean;
}

/** The id, title and text of a snippet. */
type Snippet = [string, string, string];

declare var catalogLines: { lines(asked: SnippetQuery): Snippet[] };

/** What the query worker is asked: whether a text is JSON, to fetch the plugins of the catalog at an address, to answer. */
type QueryTask = { read: string } | { load: string; repositoryId: string } | QueryAsk;

interface QueryAsk {
  kind: QueryKind;
  /** The query as JSON. */
  text: string;
  now: string;
  repositoryId: string;
  examples: Pick<QueryExample, "kind" | "path" | "request">[];
}

/** What it replies: why not, or what came of the task; a text that is JSON needs no words. */
interface QueryReply {
  failed?: QueryFailure;
  loaded?: QueryLoaded;
  answered?: QueryAnswered;
}

/** `code` is "" for what the engine was not asked. */
interface QueryFailure {
  code: string;
  hint: string;
  /** The word that was probably meant at the place, or "". */
  meant: string;
  message: string;
  /** The worker was ended: nothing is known of the query. */
  ended?: boolean;
  /** What is wrong, in the text of the query. */
  place?: TextRange;
}

interface QueryLoaded {
  count: number;
  fields: string[];
  /** The time of the edition that the plugins are from. */
  now: string;
}

interface QueryAnswered {
  /** JSON. */
  answer: string;
  /** The query, as it was read. */
  query: unknown;
  ms: number;
  /** The published path of an equal query, "" when there is none. */
  path: string;
}
