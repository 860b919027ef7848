'use strict';

// One connection of a http.Server: the requests that came, the responses that wait for their turn.

const { nextTick } = require('process');
const { coded } = require('internal/errors');
const { setUnrefTimeout } = require('internal/timers');
const { Parser } = require('internal/http/native');
const { readStart, readStop } = require('internal/http/incoming');
const { close, kServed } = require('internal/http/response');
const { kNeedDrain, kOnFinish, kUniqueHeaders } = require('internal/http/outgoing');
const {
  ASKS_FOR_UPGRADE, EXPECTS, FAILED, KEEPS_ALIVE, NAMES_HOST, SAYS_LENGTH, connectionReset, digest, endMessage, isLenientByDefault,
  maxHeaderSize, parseError, receive, startClock, stopClock,
} = require('internal/http/parsing');
const { kIncomingMessage, kOptimizesEmpty, kServerResponse } = require('internal/http/server_options');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const { publish } = require('internal/diagnostics');
const { loaded } = require('internal/builtins');

const kConnection = Symbol('kConnection');
const kConnections = Symbol('http.server.connections');

// What a peer is told of an error, where the program says nothing.
const REFUSALS = {
  __proto__: null,
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: '413 Payload Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

// What a socket's events do to its connection.
const LISTENERS = {
  __proto__: null,
  data(chunk) { this[kConnection].execute(chunk); },
  error(error) { this[kConnection].fail(error); },
  end() { this[kConnection].end(); },
  close() { this[kConnection].close(); },
  drain() { this[kConnection].drain(); },
  timeout() { this[kConnection].expire(); },
};

function nop() {}

class Connection {
  constructor(server, socket, connections) {
    this.server = server;
    this.socket = socket;
    this.parser = new Parser(
      true, server.maxHeaderSize || maxHeaderSize(), server.insecureHTTPParser ?? isLenientByDefault());
    this.connections = connections;
    this.incoming = [];
    this.outgoing = [];
    this.outgoingSize = 0;
    this.requests = 0;
    this.message = null;
    this.idleTimer = null;
    this.isIdle = false;
    this.hasFailed = false;
    const { rejectNonStandardBodyWrites } = server;
    const { writableHighWaterMark: highWaterMark } = socket;
    const isUsual = highWaterMark === getDefaultHighWaterMark(false) && !rejectNonStandardBodyWrites;
    this.responseOptions = isUsual ? undefined : { highWaterMark, rejectNonStandardBodyWrites };
    this.take();
  }

  // The connection is ours.
  take() {
    const { parser, server: { timeout }, socket } = this;
    parser.socket = socket;
    parser.incoming = null;
    parser.begin();
    this.connections.add(parser);
    // A socket that a program hands over belongs to the server from now on.
    socket.server = this.server;
    socket.parser = parser;
    socket[kConnection] = this;
    socket._paused = false;
    socket._httpMessage = null;
    socket.setEncoding = refuseEncoding;
    if (timeout) socket.setTimeout?.(timeout);
    for (const event in LISTENERS) socket.on(event, LISTENERS[event]);
    if (socket.readableFlowing === false && !socket.isPaused?.()) socket.resume();
  }

  // It is no more ours, or none at all.
  release() {
    const { parser, socket } = this;
    if (parser === null) return;
    this.parser = null;
    clearTimeout(this.idleTimer);
    this.connections.remove(parser);
    parser.socket = parser.incoming = socket.parser = null;
    delete socket.setEncoding;
    for (const event in LISTENERS) {
      // Who waits for the end of a response waits for that of its socket.
      if (event !== 'close') socket.removeListener(event, LISTENERS[event]);
    }
  }

  // ---- What comes in.

  execute(chunk) {
    if (this.parser === null) return;
    this.isIdle = false;
    digest(this, chunk);
  }

  body(parser) {
    if (!this.message._dumped && !this.message.push(parser.body())) readStop(this.socket);
  }

  endOfMessage(parser) {
    const { message } = this;
    this.message = parser.incoming = null;
    endMessage(parser, message);
    readStart(this.socket);
  }

  head(flags) {
    const { parser, server, socket } = this;
    const request = receive(parser, server[kIncomingMessage], socket, server.maxHeadersCount);
    if (server.joinDuplicateHeaders) request.joinDuplicateHeaders = true;
    this.message = parser.incoming = request;
    if (flags & ASKS_FOR_UPGRADE) {
      request.upgrade = request.method === 'CONNECT' || Boolean(server.shouldUpgradeCallback(request));
      if (request.upgrade) {
        parser.judge(2);
        return;
      }
    }
    this.begin(request, flags);
  }

  // A request: makes its response and tells the program.
  begin(request, flags) {
    const { server, socket } = this;
    // A peer that asks without listening is listened to no more.
    if (this.incoming.length > 0 && this.isFull()) this.listen(false);
    this.incoming.push(request);
    if (server[kOptimizesEmpty] && (flags & SAYS_LENGTH) === 0) request._dumpAndCloseReadable();
    const response = this.respond(request, flags);
    publish('http.server.request.start',
      'request', request, 'response', response, 'socket', socket, 'server', server);
    if (request.httpVersionMinor !== 1 || !this.isSpecial(request, response, flags)) {
      server.emit('request', request, response);
    }
  }

  // The response to a request, with the socket if it is its turn.
  respond(request, flags) {
    const { server, socket } = this;
    const Response = server[kServerResponse];
    const response = new Response(request, this.responseOptions);
    if (server.keepAliveTimeout !== 0) response._keepAliveTimeout = server.keepAliveTimeout;
    if (server.maxRequestsPerSocket > 0) response._maxRequestsPerSocket = server.maxRequestsPerSocket;
    if (server[kUniqueHeaders] !== null) response[kUniqueHeaders] = server[kUniqueHeaders];
    if ((flags & KEEPS_ALIVE) === 0) response.shouldKeepAlive = false;
    response[kServed] = this;
    response[kOnFinish] = finishServed;
    startClock(response);
    if (socket._httpMessage) {
      response._onPendingData = (size) => this.pending(size);
      this.outgoing.push(response);
    } else {
      response.assignSocket(socket);
    }
    return response;
  }

  // Requests that are answered without the program, or told to it in another way.
  isSpecial(request, response, flags) {
    const { server } = this;
    if (server.requireHostHeader && (flags & NAMES_HOST) === 0) {
      response.writeHead(400, ['Connection', 'close']);
      response.end();
      return true;
    }
    const { maxRequestsPerSocket: most } = server;
    if (typeof most === 'number' && most > 0) {
      this.requests++;
      response.maxRequestsOnConnectionReached = most <= this.requests;
      if (most < this.requests) {
        server.emit('dropRequest', request, this.socket);
        response.writeHead(503);
        response.end();
        return true;
      }
    }
    if ((flags & EXPECTS) === 0) return false;
    this.expect(request, response);
    return true;
  }

  // A request that goes on only if the answer is what it expects.
  expect(request, response) {
    const { server } = this;
    const words = String(request.headers.expect).toLowerCase().split(/[^\w-]+/);
    const waits = words.includes('100-continue');
    if (waits) response._expect_continue = true;
    const event = waits ? 'checkContinue' : 'checkExpectation';
    if (server.listenerCount(event) > 0) {
      server.emit(event, request, response);
    } else if (waits) {
      response.writeContinue();
      server.emit('request', request, response);
    } else {
      response.writeHead(417);
      response.end();
    }
  }

  upgrade() {
    const { message: request, parser, server, socket } = this;
    const rest = parser.rest();
    this.release();
    socket.removeListener('close', LISTENERS.close);
    const isTunnel = request.method === 'CONNECT';
    const event = isTunnel ? 'connect' : 'upgrade';
    if (server.listenerCount(event) === 0) {
      socket.destroy();
      return;
    }
    socket.readableFlowing = null;
    server.emit(event, request, socket, rest);
  }

  // ---- What goes out.

  // A response was handed to the system: the next one's turn, or a rest.
  finished(response) {
    const { socket, server } = this;
    const request = this.incoming.shift();
    if (request && !request._consuming && !request.readableDidRead) request._dump();
    response.detachSocket(socket);
    if (loaded('internal/performance') && request) {
      const { method, url, headers } = request;
      stopClock('HttpRequest', response, { method, url, headers }, response, response.getHeaders());
    }
    nextTick(close, response);
    publish('http.server.response.finish',
      'request', request, 'response', response, 'socket', socket, 'server', server);
    if (response._last) {
      (socket.destroySoon ?? socket.end).call(socket);
    } else if (this.outgoing.length > 0) {
      this.outgoing.shift().assignSocket(socket);
    } else if (server.keepAliveTimeout > 0) {
      this.rest(server.keepAliveTimeout + server.keepAliveTimeoutBuffer);
    }
  }

  rest(milliseconds) {
    this.isIdle = true;
    if (this.idleTimer !== null && this.idleTime === milliseconds) {
      this.idleTimer.refresh();
      return;
    }
    clearTimeout(this.idleTimer);
    this.idleTime = milliseconds;
    this.idleTimer = setUnrefTimeout(() => {
      if (this.isIdle && this.parser !== null) this.expire();
    }, milliseconds);
  }

  // What waits in responses whose turn has not come.
  pending(size) {
    this.outgoingSize += size;
    const { socket } = this;
    if (socket._paused && this.outgoingSize < socket.writableHighWaterMark) this.drain();
  }

  isFull() {
    const { socket } = this;
    return socket.writableNeedDrain || socket.writableHighWaterMark <= this.outgoingSize;
  }

  // Listens to the peer, or does so no more.
  listen(listens) {
    const { socket } = this;
    if (socket._paused !== listens) return;
    socket._paused = !listens;
    if (listens) socket.resume();
    else socket.pause();
  }

  drain() {
    const { socket } = this;
    if (this.outgoingSize > socket.writableHighWaterMark) return;
    this.listen(true);
    const response = socket._httpMessage;
    if (response && !response.finished && response.writableNeedDrain) {
      response[kNeedDrain] = false;
      response.emit('drain');
    }
  }

  // ---- Ends.

  // The peer has said all.
  end() {
    const { parser, socket } = this;
    if (parser === null) return;
    if ((parser.finish() & 0xff) === FAILED) {
      this.fail(parseError(parser, undefined, true));
      return;
    }
    const isHeard = this.server.httpAllowHalfOpen;
    const last = this.outgoing.at(-1) ?? socket._httpMessage;
    if (isHeard && last) {
      last._last = true;
      return;
    }
    if (!isHeard) this.abort();
    socket.end();
  }

  abort() {
    while (this.incoming.length > 0) this.incoming.shift().destroy(connectionReset('aborted'));
  }

  close() {
    const response = this.socket._httpMessage;
    if (response) close(response);
    this.release();
    this.abort();
  }

  // Tells the program of an error; where nobody listens, the peer. What fails after it is of no interest.
  fail(error) {
    const { server, socket } = this;
    if (!this.hasFailed) {
      this.hasFailed = true;
      socket.on('error', nop);
      socket.removeListener('error', LISTENERS.error);
    }
    const isHeard = server.emit('clientError', error, socket);
    if (isHeard) return;
    const isAnswered = socket._httpMessage?._headerSent;
    if (socket.writable && !isAnswered) {
      const status = REFUSALS[error.code] ?? '400 Bad Request';
      socket.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`);
    }
    socket.destroy(error);
  }

  // Nothing came or went for too long: who listens decides, else it is over.
  expire() {
    const { message: request, server, socket } = this;
    const concerned = [socket._httpMessage, server];
    if (request?.complete === false) concerned.unshift(request);
    let isHeard = false;
    for (const one of concerned) {
      if (one?.emit('timeout', socket)) isHeard = true;
    }
    if (!isHeard) socket.destroy();
  }
}

function finishServed() {
  this[kServed].finished(this);
}

function refuseEncoding() {
  throw coded('ERR_HTTP_SOCKET_ENCODING', 'Changing the socket encoding is not allowed per RFC7230 Section 3.');
}

// The connection that a socket belongs to.
function connectionOf(socket) {
  return socket[kConnection];
}

module.exports = { Connection, connectionOf, kConnections };
