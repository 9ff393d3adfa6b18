// Reads JSON that a person types, and writes JSON that means the same in YAML and Python.
"use strict";
(() => {
  const { t } = globalThis.catalogWords;
  const UNSAFE = /[\x7f-\x9f\u2028\u2029\ufeff]/g;
  const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|:/gi;
  const NUMBER = /^-?\d/;
  const INTEGER = /^-?\d+$/;
  const LARGEST = 2 ** 53;

  /** @param {unknown} value @param {number} [indent] */
  function quoted(value, indent) {
    return JSON.stringify(value, null, indent)
      .replace(UNSAFE, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .replace(TOKEN, (token) => (NUMBER.test(token) ? numeral(token) : token));
  }

  /**
   * A number of JSON with a dot before the exponent, without which YAML 1.1 reads text. Readers of
   * YAML lose digits of a large integer, so it gets an exponent.
   * @param {string} text
   */
  function numeral(text) {
    const value = Number(text);
    const written = Math.abs(value) > LARGEST ? value.toExponential() : text;
    return written.includes(".") ? written : written.replace("e", ".0e");
  }

  /** The digits of a number, without the zeros around them. @param {string} text */
  function digits(text) {
    return text
      .replace(/e.*/i, "")
      .replace(/\D/g, "")
      .replace(/^0+|0+$/g, "");
  }

  /** @param {string} text A number. */
  function losesDigits(text) {
    const value = Number(text);
    const isTooLarge = INTEGER.test(text) && Math.abs(value) > LARGEST;
    return isTooLarge || digits(text) !== digits(String(value));
  }

  /** What of a text its value as JSON lacks, in words; "" if nothing. @param {string} text */
  function loss(text) {
    const value = parsed(text);
    if (value === undefined) return "";
    const tokens = text.match(TOKEN) ?? [];
    if (tokens.some((token) => NUMBER.test(token) && losesDigits(token))) return t("loses_digits");
    const kept = JSON.stringify(value).match(TOKEN) ?? [];
    return tokens.length > kept.length ? t("member_twice") : "";
  }

  /** @param {string} text @returns {unknown} */
  function parsed(text) {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  /**
   * The value of a text as JSON, or the text if it is not JSON or its value would lack something.
   * Where texts are allowed, 1.10 is one: a number is written as JSON writes it.
   * @param {string} text @param {boolean} allowsText @returns {unknown}
   */
  function read(text, allowsText) {
    const value = parsed(text);
    const isRewritten = typeof value === "number" && JSON.stringify(value) !== text.trim();
    return value === undefined || (allowsText && isRewritten) || loss(text) ? text : value;
  }

  globalThis.catalogJson = { loss, quoted, read };
})();
