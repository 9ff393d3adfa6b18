// Checks whether a text has a format of JSON Schema Draft-7. True and false are certain; null means
// «not known here», for rules that are too long for a page and for unknown formats.
"use strict";
(() => {
  const LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
  const HOST = new RegExp(`^(?=.{1,253}$)${LABEL}(?:\\.${LABEL})*$`);
  const LOCAL = /^[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*$/;
  const BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  const IPV4 = new RegExp(`^${BYTE}(?:\\.${BYTE}){3}$`);
  const CLOCK =
    /^([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(?:\.\d+)?(?:z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;
  const URI_LETTERS = /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9a-f]{2})*$/i;
  const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
  const ASCII = /^[\x00-\x7f]*$/;
  const POINTER = /^(?:\/(?:[^~/]|~[01])*)*$/;

  /** @param {string} text */
  function isDate(text) {
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text)?.map(Number) ?? [];
    if (year === undefined || month < 1 || month > 12) return false;
    const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    return (
      day >= 1 && day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
    );
  }

  /** @param {string} text */
  function isTime(text) {
    const second = CLOCK.exec(text)?.[2];
    return second === "60" ? null : second !== undefined; // No rule defines real leap seconds.
  }

  /** @param {string} text */
  function isDateTime(text) {
    return /^.{10}t/i.test(text) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
  }

  /** @param {string} text */
  function isHost(text) {
    if (HOST.test(text)) return /(^|\.)xn--/i.test(text) ? null : true;
    return ASCII.test(text) && !text.endsWith(".") ? false : null;
  }

  /** @param {string} text */
  function isEmail(text) {
    const at = text.lastIndexOf("@");
    if (at < 1 || at === text.length - 1) return false;
    const [local, host] = [text.slice(0, at), text.slice(at + 1)];
    if (local.startsWith('"') || host.startsWith("[")) return null;
    return ASCII.test(text) ? LOCAL.test(local) && isHost(host) : null;
  }

  /** @param {string} text */
  function isIpv6(text) {
    if (!/^[0-9a-f:.]+$/i.test(text)) return false;
    try {
      return new URL(`http://[${text}]/`) !== null;
    } catch {
      return false;
    }
  }

  /**
   * Whether an address is valid by its characters; null if brackets or ports need a closer look.
   * @param {string} text
   */
  function isReference(text) {
    if (!URI_LETTERS.test(text)) return false;
    return /[[\]]|^(?:[^/?#]*:)?\/\/[^/?#]*:|#.*#/.test(text) ||
      (/^[^/?#]*:/.test(text) && !SCHEME.test(text))
      ? null
      : true;
  }

  /** @param {string} text */
  const isUri = (text) => SCHEME.test(text) && isReference(text);
  /** @param {(text: string) => boolean | null} test @returns {(text: string) => boolean | null} */
  const ifAscii = (test) => (text) => (ASCII.test(text) ? test(text) : null);

  /** @param {string} text */
  function isPattern(text) {
    try {
      return new RegExp(text, "u") !== null;
    } catch {
      return null; // It may be a pattern of another language.
    }
  }

  /** @type {Map<string, (text: string) => boolean | null>} */
  const FORMATS = new Map([
    ["date", isDate],
    ["date-time", isDateTime],
    ["email", isEmail],
    ["hostname", isHost],
    ["idn-email", (text) => (text.includes("@") ? ifAscii(isEmail)(text) : false)],
    ["idn-hostname", ifAscii(isHost)],
    ["ipv4", (text) => IPV4.test(text)],
    ["ipv6", isIpv6],
    ["iri", ifAscii(isUri)],
    ["iri-reference", ifAscii(isReference)],
    ["json-pointer", (text) => POINTER.test(text)],
    ["password", () => true], // It says how to enter a text, not what it contains.
    ["regex", isPattern],
    [
      "relative-json-pointer",
      (text) =>
        /^(?:0|[1-9]\d*)(?:#$|\/|$)/.test(text) &&
        (text.endsWith("#") || POINTER.test(text.replace(/^\d+/, ""))),
    ],
    ["time", isTime],
    ["uri", isUri],
    ["uri-reference", isReference],
    ["uuid", (text) => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)],
  ]);

  /** @param {string} format @param {string} text @returns {boolean | null} */
  function isOfFormat(format, text) {
    return FORMATS.get(format)?.(text) ?? null;
  }

  globalThis.catalogFormats = { isOfFormat };
})();
