'use strict';

// util.MIMEType and util.MIMEParams: the WHATWG's "MIME Sniffing Standard", section 4.

const { coded } = require('internal/errors');

const { defineProperty } = Object;
const { stringify } = JSON;

const TOKEN_SYMBOLS = "!#$%&'*+-.^_`|~";

const isSpace = (char) => char === ' ' || char === '\t' || char === '\n' || char === '\r';
const isTokenChar = (char) =>
  (char >= '0' && char <= '9') ||
  (char >= 'a' && char <= 'z') ||
  (char >= 'A' && char <= 'Z') ||
  TOKEN_SYMBOLS.includes(char);
const isQuotable = (char) =>
  char === '\t' || (char >= ' ' && char <= '~') || (char >= '\u0080' && char <= '\u00ff');

// Where the first character is that fails the test, -1 if none does.
function findBad(text, test) {
  for (let i = 0; i < text.length; i++) {
    if (!test(text[i])) return i;
  }
  return -1;
}

function lowerAscii(text) {
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i];
    result += char >= 'A' && char <= 'Z' ? char.toLowerCase() : char;
  }
  return result;
}

function trimEnd(text) {
  let end = text.length;
  while (end > 0 && isSpace(text[end - 1])) end--;
  return text.slice(0, end);
}

function skipSpace(text, at) {
  while (at < text.length && isSpace(text[at])) at++;
  return at;
}

function invalid(part, text, index) {
  const place = index === -1 ? '' : ` at ${index}`;
  const message = `The MIME syntax for a ${part} in ${stringify(text)} is invalid${place}`;
  return coded('ERR_INVALID_MIME_SYNTAX', message);
}

// A type, subtype or name: a token that is not empty. `whole` is what the message shows.
function checkToken(part, token, whole = token) {
  const bad = findBad(token, isTokenChar);
  if (token === '' || bad !== -1) throw invalid(part, whole, bad);
}

// Makes parameters out of text that may be invalid; only MIMEType may.
let parsedParams;

class MIMEParams {
  #entries = new Map();

  delete(name) {
    this.#entries.delete(name);
  }

  get(name) {
    const value = this.#entries.get(name);
    return value === undefined ? null : value;
  }

  has(name) {
    return this.#entries.has(name);
  }

  set(name, value) {
    name = `${name}`;
    value = `${value}`;
    checkToken('parameter name', name);
    const bad = findBad(value, isQuotable);
    if (bad !== -1) throw invalid('parameter value', value, bad);
    this.#entries.set(name, value);
  }

  *entries() {
    yield* this.#entries.entries();
  }

  *keys() {
    yield* this.#entries.keys();
  }

  *values() {
    yield* this.#entries.values();
  }

  toString() {
    let text = '';
    for (const [name, value] of this.#entries) text += `${text && ';'}${name}=${quoted(value)}`;
    return text;
  }

  static #parsed(text) {
    const params = new MIMEParams();
    parseParams(text, (name, value) => {
      const isValid = name !== '' && findBad(name, isTokenChar) === -1 && findBad(value, isQuotable) === -1;
      if (isValid && !params.#entries.has(name)) params.#entries.set(name, value);
    });
    return params;
  }

  static {
    parsedParams = (text) => MIMEParams.#parsed(text);
  }
}

function quoted(value) {
  if (value !== '' && findBad(value, isTokenChar) === -1) return value;
  let text = '"';
  for (let i = 0; i < value.length; i++) {
    text += value[i] === '"' || value[i] === '\\' ? `\\${value[i]}` : value[i];
  }
  return `${text}"`;
}

function parseParams(source, add) {
  const end = trimEnd(source).length;
  let at = 0;
  while (at < end) {
    at = skipSpace(source, at);
    const start = at;
    while (at < source.length && source[at] !== ';' && source[at] !== '=') at++;
    const name = lowerAscii(source.slice(start, at));
    const hasValue = at < end && source[at] === '=';
    at++;
    if (!hasValue) continue;
    if (at >= end) break;
    if (source[at] === '"') {
      const string = quotedString(source, at + 1);
      add(name, string.value);
      // What stands between the string and the next semicolon says nothing.
      at = string.end;
    } else {
      const semicolon = source.indexOf(';', at);
      const stop = semicolon === -1 ? source.length : semicolon;
      const value = trimEnd(source.slice(at, stop));
      at = stop;
      if (value === '') continue;
      add(name, value);
    }
    at++;
  }
}

// The text up to the closing quote, unescaped, and the place after that quote.
function quotedString(source, at) {
  let value = '';
  while (at < source.length && source[at] !== '"') {
    if (source[at] === '\\' && at + 1 < source.length) at++;
    value += source[at++];
  }
  return { value, end: at + (at < source.length ? 1 : 0) };
}

class MIMEType {
  #type;
  #subtype;
  #params;

  constructor(text) {
    text = `${text}`;
    const start = skipSpace(text, 0);
    const slash = text.indexOf('/', start);
    const type = slash === -1 ? text.slice(start) : text.slice(start, slash);
    checkToken('type', type, text);
    if (slash === -1) throw invalid('type', text, -1);
    const semicolon = text.indexOf(';', slash + 1);
    const end = semicolon === -1 ? text.length : semicolon;
    const subtype = trimEnd(text.slice(slash + 1, end));
    checkToken('subtype', subtype, text);
    this.#type = lowerAscii(type);
    this.#subtype = lowerAscii(subtype);
    this.#params = parsedParams(text.slice(end + 1));
  }

  get type() {
    return this.#type;
  }

  set type(value) {
    value = `${value}`;
    checkToken('type', value);
    this.#type = lowerAscii(value);
  }

  get subtype() {
    return this.#subtype;
  }

  set subtype(value) {
    value = `${value}`;
    checkToken('subtype', value);
    this.#subtype = lowerAscii(value);
  }

  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }

  get params() {
    return this.#params;
  }

  toString() {
    const params = paramsToString.call(this.#params);
    return params === '' ? this.essence : `${this.essence};${params}`;
  }
}

const paramsToString = MIMEParams.prototype.toString;

function defineMethod(prototype, key, method) {
  defineProperty(prototype, key, { __proto__: null, value: method, writable: true, configurable: true });
}

defineMethod(MIMEParams.prototype, Symbol.iterator, MIMEParams.prototype.entries);
defineMethod(MIMEParams.prototype, 'toJSON', MIMEParams.prototype.toString);
defineMethod(MIMEType.prototype, 'toJSON', MIMEType.prototype.toString);

module.exports = { MIMEParams, MIMEType };
