'use strict';

// What `http.createServer` can be told: one row an option.

const { invalidArgType, outOfRange } = require('internal/errors');
const { validateBoolean, validateFunction, validateInteger } = require('internal/validate');
const { IncomingMessage } = require('internal/http/incoming');
const { kIncomingMessage, kOptimizesEmpty, kServerResponse } = require('internal/http/native');
const { ServerResponse } = require('internal/http/response');

// ---- Kinds: each refuses what is none of it.

function count(value, name) {
  validateInteger(value, name, 0);
}

function truth(value, name) {
  validateBoolean(value, `options.${name}`);
}

function callback(value, name) {
  validateFunction(value, `options.${name}`);
}

// A server that nobody asks about upgrades takes those that somebody listens for.
function isUpgradeHeard() {
  return this.listenerCount('upgrade') !== 0;
}

// Name, kind, what holds where it is not said (of what was decided above it), and where it is kept if not by its name.
const TABLE = [
  ['maxHeaderSize', count],
  ['insecureHTTPParser', truth],
  ['requestTimeout', count, () => 300_000],
  ['headersTimeout', count, ({ requestTimeout }) => Math.min(requestTimeout, 60_000)],
  ['keepAliveTimeout', count, () => 5000],
  ['keepAliveTimeoutBuffer', count, () => 1000],
  ['connectionsCheckingInterval', count, () => 30_000],
  ['requireHostHeader', truth, () => true],
  ['joinDuplicateHeaders', truth],
  ['rejectNonStandardBodyWrites', truth, () => false],
  ['optimizeEmptyRequests', truth, () => false, kOptimizesEmpty],
  ['shouldUpgradeCallback', callback, () => isUpgradeHeard],
];

// Checks the options of a server and gives them to it, which is `this`.
function storeHTTPOptions(options) {
  const { IncomingMessage: Request, ServerResponse: Response } = options;
  this[kIncomingMessage] = Request ? Request : IncomingMessage;
  this[kServerResponse] = Response ? Response : ServerResponse;
  for (const [name, check, usual, key = name] of TABLE) {
    const said = options[name];
    if (said !== undefined) check(said, name);
    this[key] = said === undefined ? usual?.(this) : said;
    if (name === 'headersTimeout') checkTimeouts(this);
  }
}

// A head cannot take longer than its request, unless that may take for ever.
function checkTimeouts({ headersTimeout, requestTimeout }) {
  if (requestTimeout !== 0 && headersTimeout > requestTimeout) {
    throw outOfRange('headersTimeout', '<= requestTimeout', headersTimeout);
  }
}

// The arguments of a server: its options, a copy, and its listener.
function serverArguments(options, listener) {
  if (typeof options === 'function') return [{}, options];
  const isMissing = options === undefined || options === null;
  if (!isMissing && (typeof options !== 'object' || Array.isArray(options))) {
    throw invalidArgType('options', 'of type object', options);
  }
  return [{ ...options }, listener];
}

// What of it concerns the sockets. The peer of a server may go on listening after it has said all.
function socketOptions(options) {
  const found = { allowHalfOpen: true, noDelay: options.noDelay ?? true };
  for (const name of ['keepAlive', 'keepAliveInitialDelay', 'highWaterMark']) {
    found[name] = options[name];
  }
  return found;
}

module.exports = { serverArguments, socketOptions, storeHTTPOptions };
