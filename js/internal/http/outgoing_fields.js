'use strict';

// The fields of a message that is sent: a native list keeps them and writes the head.

const { coded, invalidArgType } = require('internal/errors');
const {
  Outgoing, isInvalidValue, isToken, kFields, kUniqueHeaders, messages: { setHeader, appendHeader, getHeader, hasHeader, _storeHeader },
} = require('internal/http/native');

const { isArray } = Array;
const { entries } = Object;

// The fields of a message that has none.
const NONE = new Outgoing();

// By what a message remembers that a field is not to be added again.
const REMOVALS = {
  __proto__: null,
  connection: '_removedConnection',
  'content-length': '_removedContLen',
  'transfer-encoding': '_removedTE',
};

function headersSent(what) {
  return coded('ERR_HTTP_HEADERS_SENT', `Cannot ${what} headers after they are sent to the client`);
}

function validateHeaderName(name, label) {
  if (isToken(name)) return;
  throw coded('ERR_INVALID_HTTP_TOKEN', `${label || 'Header name'} must be a valid HTTP token ["${name}"]`);
}

function validateHeaderValue(name, value) {
  if (value === undefined) throw coded('ERR_HTTP_INVALID_HEADER_VALUE', `Invalid value "undefined" for header "${name}"`);
  if (isInvalidValue(value)) throw coded('ERR_INVALID_CHAR', `Invalid character in header content ["${name}"]`);
}

function validateName(name) {
  require('internal/validate').validateString(name, 'name');
}

// The names of fields whose values go into one line, or null.
function parseUniqueHeadersOption(names) {
  if (!isArray(names)) return null;
  const { validateString } = require('internal/validate');
  return names.map((name) => {
    validateString(name, 'uniqueHeaders');
    return name.toLowerCase();
  });
}

// The list of a message that may still be changed.
function openFields(message, what) {
  if (message._header) throw headersSent(what);
  return message[kFields] ??= new Outgoing();
}

function isMapLike(given) {
  return !isArray(given) && ['keys', 'get'].every((name) => typeof given?.[name] === 'function');
}

// One trailer as its lines.
function trailerLines(name, given, unique) {
  validateHeaderName(name, 'Trailer name');
  let values = [given];
  if (isArray(given)) values = given.length > 1 && unique?.includes(name.toLowerCase()) ? [given.join('; ')] : given;
  return values.map((value) => {
    if (isInvalidValue(value)) throw coded('ERR_INVALID_CHAR', `Invalid character in trailer content ["${name}"]`);
    return `${name}: ${value}\r\n`;
  }).join('');
}

const fieldMethods = {
  setHeader,
  appendHeader,
  getHeader,
  hasHeader,
  _storeHeader,

  setHeaders(headers) {
    openFields(this, 'set');
    if (!isMapLike(headers)) throw invalidArgType('headers', 'an instance of Headers or Map', headers);
    // Cookies come one by one and are one field.
    const cookies = [];
    for (const [name, value] of headers) {
      if (name === 'set-cookie') cookies.push(value);
      else this.setHeader(name, value);
    }
    if (cookies.length > 0) this.setHeader('set-cookie', cookies.flat());
    return this;
  },

  getHeaders() { return (this[kFields] ?? NONE).all(); },
  getHeaderNames() { return (this[kFields] ?? NONE).names(); },
  getRawHeaderNames() { return (this[kFields] ?? NONE).rawNames(); },

  removeHeader(name) {
    validateName(name);
    const fields = this._header ? openFields(this, 'remove') : this[kFields];
    fields?.remove(name);
    const key = name.toLowerCase();
    if (key === 'date') this.sendDate = false;
    else if (key in REMOVALS) this[REMOVALS[key]] = true;
  },

  // The fields as they were written, as far as they were set.
  _renderHeaders() {
    openFields(this, 'render');
    const shown = {};
    for (const name of this.getRawHeaderNames()) shown[name] = this.getHeader(name);
    return shown;
  },

  addTrailers(trailers) {
    const pairs = isArray(trailers) ? trailers : entries(trailers);
    let text = '';
    for (const [name, value] of pairs) text += trailerLines(name, value, this[kUniqueHeaders]);
    this._trailer = text;
  },
};

module.exports = {
  fieldMethods, headersSent, parseUniqueHeadersOption, validateHeaderName, validateHeaderValue,
};
