'use strict';

// What both sides of a connection do with a parser (bindings/http/parser.rs).

const { kFields, kTrailerFields } = require('internal/http/incoming');
const { loaded } = require('internal/builtins');

const kStarted = Symbol('kStarted');

// What `next()` answers.
const MORE = 0;
const HEAD = 1;
const BODY = 2;
const END = 3;
const UPGRADED = 4;
const FAILED = 5;

// The message whose head was told.
function receive(parser, Message, socket, maxHeadersCount) {
  const message = new Message(socket);
  message[kFields] = parser.fill(message, maxHeadersCount);
  return message;
}

// The end of a message was told.
function endMessage(parser, message) {
  if (message === null) return;
  message.complete = true;
  if (message._readableState.closeEmitted) return;
  const trailers = parser.trailers();
  if (trailers !== undefined) message[kTrailerFields] = trailers;
  message.push(null);
}

// The error that a parser tells of. At the end of the data Node says less.
function parseError(parser, chunk, isAtEnd = false) {
  const [code, reason, at] = parser.failure();
  const error = new Error(isAtEnd ? 'Parse Error' : `Parse Error: ${reason}`);
  error.bytesParsed = at;
  error.code = code;
  error.reason = reason;
  if (chunk !== undefined) error.rawPacket = chunk;
  return error;
}

// Begins to time a request, if somebody observes it.
function startClock(message) {
  const http = loaded('internal/performance')?.http;
  if (http) message[kStarted] = http.now();
}

// Tells the observers of a request that was timed.
function stopClock(name, message, request, response, headersOfResponse) {
  if (message[kStarted] === undefined) return;
  loaded('internal/performance').http?.answered(name, message[kStarted], {
    req: request,
    res: { statusCode: response.statusCode, statusMessage: response.statusMessage, headers: headersOfResponse },
  });
}

function connectionReset(message) {
  const error = new Error(message);
  error.code = 'ECONNRESET';
  return error;
}

let headerSize;

// The limit of a head in bytes: --max-http-header-size, or 16 KiB.
function maxHeaderSize() {
  return headerSize ??= optionValue('--max-http-header-size') ?? 16 * 1024;
}

function optionValue(name) {
  const { execArgv } = require('process');
  for (let i = execArgv.length - 1; i >= 0; i--) {
    if (execArgv[i].startsWith(`${name}=`)) return Number(execArgv[i].slice(name.length + 1)) || undefined;
  }
  return undefined;
}

function isLenientByDefault() {
  return require('process').execArgv.includes('--insecure-http-parser');
}

module.exports = {
  BODY, END, FAILED, HEAD, MORE, UPGRADED,
  connectionReset, endMessage, isLenientByDefault, maxHeaderSize, parseError, receive, startClock, stopClock,
};
