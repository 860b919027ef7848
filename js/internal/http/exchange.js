'use strict';

// A request and its response on a socket, from the moment that the request has it until it has it no more.

const { nextTick } = require('process');
const { Parser } = require('internal/http/native');
const { IncomingMessage, readStart, readStop } = require('internal/http/incoming');
const { tellError } = require('internal/http/connect');
const { kNeedDrain } = require('internal/http/outgoing');
const {
  ASKS_FOR_UPGRADE, END, KEEPS_ALIVE, connectionReset, digest, endMessage, isLenientByDefault, maxHeaderSize, receive,
  stopClock,
} = require('internal/http/parsing');
const { publish } = require('internal/diagnostics');
const { loaded } = require('internal/builtins');

const kExchange = Symbol('kExchange');
const kParser = Symbol('kParser');

// What a parser is told of the message whose head it has read.
const HAS_NO_BODY = 1;
const IS_UPGRADE = 2;

// What an exchange hears of its socket, which is `this`.
const LISTENERS = {
  __proto__: null,
  error(failure) { this[kExchange].onError(failure); },
  data(chunk) { this[kExchange].execute(chunk); },
  end() { this[kExchange].onEnd(); },
  close() { this[kExchange].onClose(); },
  drain() { this[kExchange].onDrain(); },
};
const EVENTS = Object.keys(LISTENERS);

// A listener of the socket once there is a response; the request has one of its own.
function tellTimeout() {
  this[kExchange]?.message.emit('timeout');
}

// A listener of a response.
function onMessageEnd() {
  this[kExchange].onResponseEnd();
}

// An error of a socket that nobody uses for the moment: a listener of it.
function dropSocket() {
  this.destroy();
}

// A socket that is used again has a parser already.
function parserFor({ maxHeaderSize: size, insecureHTTPParser: isLenient }, socket) {
  if (size === undefined && isLenient === undefined) {
    return socket[kParser] ??= new Parser(false, maxHeaderSize(), isLenientByDefault());
  }
  return new Parser(false, size || maxHeaderSize(), isLenient ?? isLenientByDefault());
}

function closeRequest(request) {
  if (!request._closed) {
    request._closed = true;
    request.emit('close');
  }
}

class Exchange {
  constructor(request, socket) {
    const parser = parserFor(request, socket);
    parser.socket = socket;
    parser.outgoing = request;
    parser.incoming = null;
    this.message = null;
    this.parser = request.parser = socket.parser = parser;
    this.request = socket._httpMessage = request;
    this.socket = request.socket = socket;
    request[kExchange] = socket[kExchange] = this;
    for (let i = 0; i < EVENTS.length; i++) socket.on(EVENTS[i], LISTENERS[EVENTS[i]]);
  }

  announce() {
    this.request.emit('socket', this.socket);
  }

  // ---- What the peer says.

  execute(chunk) {
    if (this.parser !== null) digest(this, chunk);
  }

  head(flags) {
    const { parser, request, socket } = this;
    if (request.res) {
      // A second response to one request.
      this.stopParsing();
      socket.destroy();
      return;
    }
    const message = parser.incoming = receive(parser, IncomingMessage, socket, request.maxHeadersCount);
    const { statusCode: code } = message;
    if (request.joinDuplicateHeaders) message.joinDuplicateHeaders = true;
    if (request.method === 'CONNECT' || flags & ASKS_FOR_UPGRADE) {
      this.message = message;
      message.upgrade = true;
      parser.judge(IS_UPGRADE);
    } else if (code >= 100 && code < 200 && code !== 101) {
      this.message = null;
      this.tellInformation(message);
    } else {
      if (request.method === 'HEAD') parser.judge(HAS_NO_BODY);
      // What follows another protocol's beginning is none of ours, though nobody asked for that protocol.
      if (code === 101 || (flags & KEEPS_ALIVE) === 0) request.shouldKeepAlive = false;
      this.tellResponse(message);
    }
  }

  tellInformation(message) {
    const { statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders } = message;
    if (statusCode === 100) this.request.emit('continue');
    this.request.emit('information', {
      statusCode, statusMessage, httpVersion, httpVersionMajor, httpVersionMinor, headers, rawHeaders,
    });
  }

  tellResponse(message) {
    const { request, socket } = this;
    this.message = request.res = message;
    message.req = request;
    message[kExchange] = this;
    if (loaded('internal/performance')) this.stopClock(message);
    message.on('end', onMessageEnd);
    socket.on('timeout', tellTimeout);
    publish('http.client.response.finish', 'request', request, 'response', message);
    if (request.aborted || !request.emit('response', message)) message._dump();
  }

  stopClock(message) {
    const { request } = this;
    const url = `${request.protocol}//${request.host}${request.path}`;
    stopClock('HttpClient', request, { method: request.method, url, headers: request.getHeaders() }, message, message.headers);
  }

  body(parser) {
    const { message } = this;
    if (message === null || message._dumped) return;
    if (!message.push(parser.body())) readStop(this.socket);
  }

  endOfMessage(parser) {
    const { message, socket } = this;
    endMessage(parser, message);
    parser.incoming = null;
    if (message === null) return;
    if (message.statusCode === 101) this.stopParsing();
    readStart(socket);
  }

  // The socket is the program's from now on.
  upgrade() {
    const { message, parser, request, socket } = this;
    const event = request.method === 'CONNECT' ? 'connect' : 'upgrade';
    const rest = parser.rest();
    message.req = request;
    request.res = message;
    this.release();
    if (request.timeoutCb !== null) socket.removeListener('timeout', request.timeoutCb);
    if (request.listenerCount(event) > 0) {
      request.upgradeOrConnect = true;
      socket.emit('agentRemove');
      socket.readableFlowing = null;
      socket._httpMessage = null;
      request.emit(event, message, socket, rest);
      request.destroyed = true;
    } else {
      socket.destroy();
    }
    closeRequest(request);
  }

  // ---- What becomes of the socket.

  // Nothing of it is heard any more.
  release() {
    const { socket, parser } = this;
    if (socket[kExchange] !== this) return;
    socket[kExchange] = null;
    for (let i = 0; i < EVENTS.length; i++) socket.removeListener(EVENTS[i], LISTENERS[EVENTS[i]]);
    socket.removeListener('timeout', tellTimeout);
    this.stopParsing();
    if (parser !== null) parser.socket = null;
  }

  // Data is not listened to any more; errors and the end still are.
  stopParsing() {
    if (this.parser === null) return;
    this.parser = this.request.parser = this.socket.parser = null;
  }

  // Whatever it was, it was the socket's last.
  fail(error) {
    const { request, socket } = this;
    this.stopParsing();
    for (const event of ['data', 'end']) socket.removeListener(event, LISTENERS[event]);
    socket._hadError = true;
    socket.destroy();
    tellError(request, error);
  }

  onError(error) {
    this.parser?.finish();
    this.fail(error);
  }

  onEnd() {
    const { request, socket } = this;
    if (!request.res) this.hangUp();
    this.finishParsing();
    this.stopParsing();
    socket.end();
  }

  // The peer is gone without a response.
  hangUp() {
    const { request, socket } = this;
    if (socket._hadError) return;
    socket._hadError = true;
    tellError(request, connectionReset('socket hang up'));
  }

  // A body that ends with the connection has ended.
  finishParsing() {
    const { message, parser } = this;
    if (parser !== null && (parser.finish() & 0xff) === END) endMessage(parser, message);
  }

  onClose() {
    const { request } = this;
    const { res: response } = request;
    this.finishParsing();
    this.release();
    request.destroyed = true;
    if (response) {
      if (!response.complete) response.destroy(connectionReset('aborted'));
      closeRequest(request);
      if (response.readable && !response.aborted) response.push(null);
    } else {
      this.hangUp();
      closeRequest(request);
    }
    // What was not written will never be.
    request.outputData.length = 0;
  }

  onDrain() {
    const { request } = this;
    if (request[kNeedDrain] && !request.finished) {
      request[kNeedDrain] = false;
      request.emit('drain');
    }
  }

  onResponseEnd() {
    const { request, socket } = this;
    request._ended = true;
    if (request.shouldKeepAlive) {
      if (request.writableFinished && !request.aborted) this.keepAlive();
    } else if (socket.writable) {
      // Any stream can be a socket.
      const end = socket.destroySoon ?? socket.end;
      end.call(socket);
    }
  }

  // The socket is the agent's again.
  keepAlive() {
    const { parser, request, socket } = this;
    if (parser === null) return;
    if (request.timeoutCb !== null) {
      socket.setTimeout(0, request.timeoutCb);
      request.timeoutCb = null;
    }
    this.release();
    request.destroyed = true;
    socket.once('error', dropSocket);
    nextTick(() => {
      socket.removeListener('error', dropSocket);
      closeRequest(request);
      if (socket._httpMessage === request) socket._httpMessage = null;
      socket.emit('free');
    });
  }
}

module.exports = { Exchange, closeRequest, kExchange };
