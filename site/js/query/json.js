// Objects that keep the order of their members. JavaScript moves members named like an index
// ("404") to the front of an object, but `object_to_array` and the first wrong member of a request
// depend on the order. An object with such a name therefore stores its order under a symbol, which
// JSON.stringify ignores.

const ORDER = Symbol("names in the order in which they were written");

/**
 * Return the names of an object's members in order.
 * @param {Record<string, unknown>} object
 * @returns {readonly string[]}
 */
export function names(object) {
  const order = /** @type {readonly string[] | undefined} */ (object[/** @type {any} */ (ORDER)]);
  return order ?? Object.keys(object);
}

/**
 * Return an object of members; the last of each name wins, at the position of the first.
 * @param {readonly (readonly [string, unknown])[]} members
 * @returns {Record<string, unknown>}
 */
export function record(members) {
  /** @type {Record<string, unknown>} */
  const made = {};
  let moved = false;
  for (const [name, value] of members) {
    if (name === "__proto__") define(made, name, value);
    else made[name] = value;
    moved ||= isIndex(name);
  }
  return moved ? ordered(made, Array.from(new Set(members.map(([name]) => name)))) : made;
}

/**
 * Set a member of any name; assigning to "__proto__" would change the object's prototype.
 * @param {Record<string, unknown>} object
 * @param {string} name
 * @param {unknown} value
 */
function define(object, name, value) {
  const how = { value, configurable: true, enumerable: true, writable: true };
  Object.defineProperty(object, name, how);
}

/**
 * Return a copy of an object with a different value for one member.
 * @param {Record<string, unknown>} object
 * @param {string} name
 * @param {unknown} value
 * @returns {Record<string, unknown>}
 */
export function replaced(object, name, value) {
  const made = { ...object, [name]: value };
  return Object.hasOwn(object, ORDER) ? ordered(made, names(object)) : made;
}

/**
 * @param {Record<string, unknown>} object
 * @param {readonly string[]} order
 */
function ordered(object, order) {
  return Object.defineProperty(object, ORDER, { value: order });
}

/** @param {string} name */
function isIndex(name) {
  const first = name.charCodeAt(0);
  return first >= 48 && first <= 57;
}
