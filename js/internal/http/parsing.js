'use strict';

// What is done with a parser (bindings/http/parser.rs). A server's connections feed theirs natively.

// What `next()` answers, with the flags of a head: all are the parser's.
const {
  ASKS_FOR_UPGRADE, BODY, END, FAILED, HEAD, KEEPS_ALIVE, MORE, UPGRADED, isLenientByDefault: isLenient, kFields,
  kTrailerFields, maxHeaderSize,
} = require('internal/http/native');
const { loaded } = require('internal/builtins');

const kStarted = Symbol('kStarted');

// The message whose head was told.
function receive(parser, Message, socket, maxHeadersCount) {
  const message = new Message(socket);
  message[kFields] = parser.fill(message, maxHeadersCount);
  return message;
}

// Feeds the parser of a client's side of a connection, which has a method for all that the parser finds. Any of them may
// run a listener that ends it all: then the side has no parser any more.
function digest(side, chunk) {
  side.parser.feed(chunk);
  while (side.parser !== null) {
    const { parser } = side;
    const event = parser.next();
    switch (event & 0xff) {
      case MORE:
        return;
      case HEAD:
        side.head(event);
        break;
      case BODY:
        side.body(parser);
        break;
      case END:
        side.endOfMessage(parser);
        break;
      case UPGRADED:
        side.upgrade();
        return;
      case FAILED:
        parser.incoming = null;
        side.fail(parseError(parser, chunk));
        return;
      default:
    }
  }
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

let isWarned = false;

// Whether parsers are lenient where nothing else is said: --insecure-http-parser.
function isLenientByDefault() {
  if (!isLenient()) return false;
  if (!isWarned) require('process').emitWarning('Using insecure HTTP parsing');
  isWarned = true;
  return true;
}

module.exports = {
  ASKS_FOR_UPGRADE, END, KEEPS_ALIVE, connectionReset, digest, endMessage, isLenientByDefault, maxHeaderSize, parseError,
  receive, startClock, stopClock,
};
