// The operators of a condition, by name (query language, 3.2).

import { OPERATORS as TABLE } from "./language.js";

export const OPERATORS = new Map(TABLE.map((operator) => [operator.name, operator]));
