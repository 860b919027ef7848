'use strict';

// The fields of a response `103 Early Hints`.

const { invalidArgValue } = require('internal/errors');
const { validateHeaderName, validateHeaderValue } = require('internal/http/outgoing');
const { validateObject } = require('internal/validate');

const { isArray } = Array;

// Reads the parts of a link one after the other: `<address>`, then `; name` or `; name=value` or `; name="value"`.
class Scanner {
  #text;
  #at = 0;

  constructor(text) { this.#text = text; }

  get isAtEnd() { return this.#at === this.#text.length; }

  skip(character) {
    const isThere = this.#text[this.#at] === character;
    if (isThere) this.#at++;
    return isThere;
  }

  skipSpace() {
    while (!this.isAtEnd && this.#text[this.#at].trim() === '') this.#at++;
  }

  // The number of characters up to one of those that end a word.
  skipWord(ends, spaceEnds) {
    const start = this.#at;
    while (!this.isAtEnd) {
      const character = this.#text[this.#at];
      if (ends.includes(character) || (spaceEnds && character.trim() === '')) break;
      this.#at++;
    }
    return this.#at - start;
  }
}

function isLink(text) {
  const scanner = new Scanner(text);
  if (!scanner.skip('<')) return false;
  scanner.skipWord('>\r\n', false);
  if (!scanner.skip('>')) return false;
  while (!scanner.isAtEnd) {
    scanner.skipSpace();
    if (!scanner.skip(';')) return false;
    scanner.skipSpace();
    if (scanner.skipWord(';"=', true) === 0) return false;
    if (!scanner.skip('=')) continue;
    const isQuoted = scanner.skip('"');
    scanner.skipWord(';"', true);
    if (isQuoted && !scanner.skip('"')) return false;
  }
  return true;
}

// The lines for an object of fields, each ended; no text at all where there is no link to tell of.
function fieldsOf(hints) {
  validateObject(hints, 'hints');
  const { link = null, ...others } = hints;
  if (link === null) return '';
  const links = isArray(link) ? [...link] : [link];
  for (const each of links) {
    if (typeof each !== 'string' || !isLink(each)) {
      throw invalidArgValue('hints', each, 'must be an array or string of format "</styles.css>; rel=preload; as=style"');
    }
  }
  if (links.length === 0) return '';
  const joined = links.join(', ');
  validateHeaderValue('Link', joined);
  let lines = `Link: ${joined}\r\n`;
  for (const [name, value] of Object.entries(others)) {
    validateHeaderName(name);
    const text = value === undefined ? undefined : `${value}`;
    validateHeaderValue(name, text);
    lines += `${name}: ${text}\r\n`;
  }
  return lines;
}

module.exports = { fieldsOf };
