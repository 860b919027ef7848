'use strict';

// One connection of a http.Server. How requests come and responses go is native (bindings/http/serving); here is what
// few connections do: it calls these methods by their names.

const { coded } = require('internal/errors');
const { setUnrefTimeout } = require('internal/timers');
const {
  EXPECTS, FAILED, NAMES_HOST, Parser, Serving, digest, kConnection, maxHeaderSize,
} = require('internal/http/native');
const { close } = require('internal/http/response');
const { kNeedDrain } = require('internal/http/outgoing');
const { connectionReset, isLenientByDefault, parseError, stopClock } = require('internal/http/parsing');
const { getDefaultHighWaterMark } = require('internal/streams/state');

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
  data: digest,
  error(error) { this[kConnection].fail(error); },
  end() { this[kConnection].end(); },
  close() { this[kConnection].close(); },
  drain() { this[kConnection].drain(); },
  timeout() { this[kConnection].expire(); },
};

function nop() {}

function makeParser(server) {
  const size = server.maxHeaderSize || maxHeaderSize();
  return new Parser(true, size, server.insecureHTTPParser ?? isLenientByDefault());
}

// What responses are told; nothing where all is as usual.
function responseOptions({ rejectNonStandardBodyWrites }, { writableHighWaterMark: highWaterMark }) {
  const isUsual = highWaterMark === getDefaultHighWaterMark(false) && !rejectNonStandardBodyWrites;
  return isUsual ? undefined : { highWaterMark, rejectNonStandardBodyWrites };
}

class Connection extends Serving {
  constructor(server, socket, connections) {
    super(server, socket, makeParser(server), responseOptions(server, socket));
    this.server = server;
    this.socket = socket;
    this.connections = connections;
    // Bytes that wait in responses whose turn has not come.
    this.outgoingSize = 0;
    this.requests = 0;
    this.alarm = null;
    this.hasFailed = false;
    this.take();
  }

  // The connection is ours.
  take() {
    const { parser, server: { timeout }, socket } = this;
    parser.socket = socket;
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
    clearTimeout(this.alarm);
    this.connections.remove(parser);
    parser.socket = socket.parser = null;
    delete socket.setEncoding;
    for (const event in LISTENERS) {
      // Who waits for the end of a response waits for that of its socket.
      if (event !== 'close') socket.removeListener(event, LISTENERS[event]);
    }
  }

  // ---- What comes in.

  // A peer that asks without listening is listened to no more.
  holdBack() {
    if (this.isFull()) this.listen(false);
  }

  // A response whose turn comes later.
  enqueue(response) {
    response._onPendingData = (size) => this.pending(size);
    this.queue(response);
  }

  failParsing(chunk) {
    this.fail(parseError(this.parser, chunk));
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
    const waits = /\b100-continue\b/i.test(request.headers.expect);
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

  // Tells who observes it of a response that is over.
  stopClock({ method, url, headers }, response) {
    stopClock('HttpRequest', response, { method, url, headers }, response, response.getHeaders());
  }

  // The last response was said.
  leave() {
    const { socket } = this;
    (socket.destroySoon ?? socket.end).call(socket);
  }

  // Looks whether it rests still when it may rest no longer. The timer is not set anew for each response.
  setAlarm(milliseconds, most = milliseconds) {
    clearTimeout(this.alarm);
    this.alarm = setUnrefTimeout(() => {
      const left = this.idleLeft(most);
      if (left === undefined || this.parser === null) return;
      if (left > 0) this.setAlarm(Math.ceil(left), most);
      else this.expire();
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
    const last = this.lastQueued ?? socket._httpMessage;
    if (isHeard && last) {
      last._last = true;
      return;
    }
    if (!isHeard) this.abort();
    socket.end();
  }

  abort() {
    for (const request of this.takeRequests()) request.destroy(connectionReset('aborted'));
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

function refuseEncoding() {
  throw coded('ERR_HTTP_SOCKET_ENCODING', 'Changing the socket encoding is not allowed per RFC7230 Section 3.');
}

// The connection that a socket belongs to.
function connectionOf(socket) {
  return socket[kConnection];
}

module.exports = { Connection, connectionOf, kConnections };
