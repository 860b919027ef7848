'use strict';

// http.IncomingMessage: what a peer says. Its fields become objects when they are looked at.

const { nextTick } = require('process');
const { Readable } = require('internal/streams/readable');
const { getDefaultHighWaterMark } = require('internal/streams/state');
const {
  adoptIncoming, distinct, dump, headers: headersOf, isSingle, kFields, kReader, kTrailerFields, rawFields,
} = require('internal/http/native');

const { assign, defineProperty, setPrototypeOf } = Object;

// A mark that another one is not told of costs nothing.
const DEFAULT_MARK = getDefaultHighWaterMark(false);

// Who reads a body: nobody yet, the program, or nobody any more: then it is thrown away.
const UNCLAIMED = 0;
const PROGRAM = 1;
const DISCARDED = 2;

// What the state of a stream is that has told everything.
const OVER = { ended: true, endEmitted: true, destroyed: true, closed: true, closeEmitted: true };

function IncomingMessage(socket) {
  const mark = socket?.readableHighWaterMark;
  Readable.call(this, mark === undefined || mark === DEFAULT_MARK ? undefined : { highWaterMark: mark });
  this.socket = socket;
  // Until somebody reads, nothing is asked for: a stream that is reading already does not read ahead.
  this._readableState.readingMore = true;
}

setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
setPrototypeOf(IncomingMessage, Readable);

const methods = {
  setTimeout(milliseconds, listener) {
    if (listener) this.on('timeout', listener);
    this.socket.setTimeout(milliseconds);
    return this;
  },

  _read() {
    if (this[kReader] === UNCLAIMED) {
      this[kReader] = PROGRAM;
      this._readableState.readingMore = false;
    }
    readStart(this.socket);
  },

  _destroy(error, callback) {
    const { socket } = this;
    if (!(this.complete && this.readableEnded)) tellAborted(this);
    if (!this.aborted || !socket || socket.destroyed) {
      nextTick(tellError, this, error, callback);
      return;
    }
    // Where the next message begins on this socket nobody knows any more.
    socket.destroy(error);
    afterEnd(socket, (failure) => nextTick(tellError, this, error || failure, callback));
  },

  _addHeaderLine(name, value, target) {
    name = name.toLowerCase();
    const before = target[name];
    if (name === 'set-cookie') {
      (target[name] ??= []).push(value);
    } else if (typeof before !== 'string') {
      target[name] = value;
    } else if (this.joinDuplicateHeaders || !isSingle(name)) {
      target[name] = before + (name === 'cookie' ? '; ' : ', ') + value;
    }
  },

  // Lets the rest of a message that nobody reads come and go.
  _dump() {
    if (dump.call(this) || this[kReader] === DISCARDED) return;
    const isOver = this.complete && this[kReader] === UNCLAIMED && this._readableState.length === 0;
    if (isOver && !this._eventsCount) {
      this._dumpAndCloseReadable();
      return;
    }
    this[kReader] = DISCARDED;
    this.removeAllListeners('data').resume();
  },

  // Nobody is to hear of a body, not even of its end.
  _dumpAndCloseReadable() {
    this[kReader] = DISCARDED;
    assign(this._readableState, OVER);
  },
};

assign(IncomingMessage.prototype, methods);

function tellAborted(message) {
  message.aborted = true;
  message.emit('aborted');
}

// Calls back when a socket is no more, with the error of which it died.
function afterEnd(socket, tell) {
  const { finished } = require('internal/streams/finished');
  const stop = finished(socket, (failure) => {
    stop();
    tell(failure?.code === 'ERR_STREAM_PREMATURE_CLOSE' ? null : failure);
  });
}

function tellError(message, error, callback) {
  callback(message.listenerCount('error') > 0 ? error : undefined);
}

// ---- Properties.

function view(name, get, set, enumerable = false) {
  defineProperty(IncomingMessage.prototype, name, { __proto__: null, configurable: true, enumerable, get, set });
}

// A property that is made when it is looked at, and can be set.
function madeOnce(name, make) {
  const key = Symbol(name);
  const get = function() { return this[key] ??= make(this); };
  view(name, get, function(value) { this[key] = value; }, true);
}

// Three views of the fields. Those of a message that a program has made are what its `raw` property lists.
function views(prefix, raw, key) {
  const collect = (message, add) => {
    const target = { __proto__: null };
    const list = message[raw];
    for (let i = 0; i + 1 < list.length; i += 2) add(list[i], list[i + 1], target);
    return target;
  };
  madeOnce(raw, (message) => (message[key] === undefined ? [] : rawFields(message[key])));
  madeOnce(prefix, (message) => {
    if (message[key] !== undefined) return headersOf(message[key], message.joinDuplicateHeaders);
    return collect(message, (name, value, target) => message._addHeaderLine(name, value, target));
  });
  madeOnce(`${prefix}Distinct`, (message) => {
    if (message[key] !== undefined) return distinct(message[key]);
    return collect(message, (name, value, target) => { (target[name.toLowerCase()] ??= []).push(value); });
  });
}

views('headers', 'rawHeaders', kFields);
views('trailers', 'rawTrailers', kTrailerFields);
for (const name of ['connection', 'client']) {
  view(name, function() { return this.socket; }, function(socket) { this.socket = socket; });
}
view('_consuming', function() { return this[kReader] === PROGRAM; });
view('_dumped', function() { return this[kReader] === DISCARDED; });

// ---- The socket's flow.

function readStart(socket) {
  if (socket?.readable && !socket._paused) socket.resume();
}

function readStop(socket) {
  socket?.pause();
}

// What a message is unless it says otherwise.
adoptIncoming(IncomingMessage, {
  aborted: false,
  complete: false,
  httpVersion: '1.1',
  httpVersionMajor: 1,
  httpVersionMinor: 1,
  joinDuplicateHeaders: undefined,
  method: null,
  socket: undefined,
  statusCode: null,
  statusMessage: null,
  upgrade: null,
  url: '',
  [kReader]: UNCLAIMED,
  [kTrailerFields]: undefined,
});

module.exports = { IncomingMessage, readStart, readStop };
