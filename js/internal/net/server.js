'use strict';

// net.Server: listening and the end. Connections are made natively; those of servers that are choosy are a room of
// their own.

const EventEmitter = require('events');
const { nextTick } = require('process');
const { loaded } = require('internal/builtins');
const { coded, errnoException, hostPortException, invalidArgType, invalidArgValue, listenException } = require('internal/errors');
const {
  IPV6ONLY, Pipe, READABLE, REUSEPORT, SERVER, TCP, WRITABLE, ownerSymbol,
} = require('internal/handles');
const { handleFor } = require('internal/net/socket');
const { onConnection: acceptConnection } = require('internal/net/core');
const { checkedBlockList, isPipeName, normalize, toNumber, validatePort } = require('internal/net/arguments');
const { checkBound } = require('internal/net/connect');
const { publish } = require('internal/diagnostics');
const { netDenial } = require('internal/permission');
const { validateNumber } = require('internal/validate');

const { defineProperty, setPrototypeOf } = Object;

const EINVAL = -22;
// The system rounds it up to the next power of two.
const BACKLOG = 511;

const FRESH = {
  _connections: 0, _handle: null, _usingWorkers: false, _workers: undefined, _unref: false, _listeningId: 1,
};

function Server(options, listener) {
  if (this instanceof Server) build(this, options, listener);
  else return new Server(options, listener);
}

// `(listener)`, `(options)`, `(options, listener)`.
function build(server, first, second) {
  EventEmitter.call(server);
  const isListener = typeof first === 'function';
  if (!isListener && typeof (first ?? {}) !== 'object') throw invalidArgType('options', 'of type object', first);
  const listener = isListener ? first : second;
  if (typeof listener === 'function') server.on('connection', listener);

  const options = isListener ? {} : { ...first };
  const { getDefaultHighWaterMark } = require('internal/streams/state');
  const delay = numberOr(0, options, 'keepAliveInitialDelay');
  const highWaterMark = numberOr(getDefaultHighWaterMark(false), options, 'highWaterMark');
  Object.assign(server, FRESH, { _workers: [], allowHalfOpen: options.allowHalfOpen || false });
  for (const name of ['pauseOnConnect', 'noDelay', 'keepAlive']) server[name] = Boolean(options[name]);
  server.keepAliveInitialDelay = ~~(delay / 1000);
  server.highWaterMark = highWaterMark;
  if (options.blockList) server.blockList = checkedBlockList(options.blockList);
}

// An option that is a number; something else takes the place of none and of one below zero.
function numberOr(other, options, name) {
  const { [name]: value } = options;
  if (value === undefined) return other;
  validateNumber(value, `options.${name}`);
  return value < 0 ? other : value;
}

setPrototypeOf(Server.prototype, EventEmitter.prototype);
setPrototypeOf(Server, EventEmitter);

// ---- Listening.

function listen(server, args) {
  let [options, callback] = normalize(args);
  if (server._handle) {
    throw coded('ERR_SERVER_ALREADY_LISTEN', 'Listen method has been called more than once without closing.');
  }
  if (callback !== null) server.once('listening', callback);
  const backlogArgument = backlogIn(args);
  publish('tracing:net.server.listen:asyncStart', 'server', server, 'options', options);
  options = options._handle || options.handle || options;
  if (options instanceof TCP || options instanceof Pipe) {
    server._handle = options;
    listenOrAsk(server, { address: null, port: -1, addressType: -1, backlog: backlogArgument, exclusive: true });
    return;
  }
  closeOnAbort(server, options.signal);
  if (typeof options.fd === 'number' && options.fd >= 0) {
    listenOrAsk(server, { address: null, port: null, addressType: null, backlog: backlogArgument, fd: options.fd });
    return;
  }
  if (wantsAnyPort(options, args)) options.port = 0;
  const backlog = options.backlog || backlogArgument;
  const kind = typeof options.port;
  if (kind === 'string' || kind === 'number') {
    listenOnPort(server, options, backlog);
  } else if (options.path && isPipeName(options.path)) {
    listenOnPath(server, options, backlog);
  } else if ('port' in options || 'path' in options) {
    throw invalidArgValue('options', options);
  } else {
    throw invalidArgValue('options', options, 'must have the property "port" or "path"');
  }
}

// How many connections may wait: the second argument or, after a host, the third.
function backlogIn(args) {
  let backlog = 0;
  for (let i = 1; i < 3 && !backlog; i++) backlog = toNumber(i < args.length && args[i]);
  return backlog;
}

// Nothing says where to listen, or the port is there in name only.
function wantsAnyPort(options, args) {
  if (args.length === 0 || typeof args[0] === 'function') return true;
  return 'port' in options && (options.port ?? null) === null;
}

function closeOnAbort(server, signal) {
  if (signal === undefined) return;
  require('internal/validate').validateAbortSignal(signal, 'options.signal');
  const onAbort = () => server.close();
  if (signal.aborted) {
    nextTick(onAbort);
    return;
  }
  const listening = EventEmitter.addAbortListener(signal, onAbort);
  server.once('close', () => listening[Symbol.dispose]());
}

function listenOnPort(server, options, backlog) {
  validatePort(options.port, 'options.port');
  const flags = (options.ipv6Only === true ? IPV6ONLY : 0) | (options.reusePort === true ? REUSEPORT : 0);
  const exclusive = options.exclusive || options.reusePort === true;
  const request = { address: null, port: options.port | 0, addressType: 4, backlog, exclusive, flags };
  if (!options.host) {
    listenOrAsk(server, request);
    return;
  }
  const listening = server._listeningId;
  require('dns').lookup(options.host, { all: true }, (error, addresses) => {
    // It was closed meanwhile.
    if (server._listeningId !== listening) return;
    if (error) {
      server.emit('error', error);
      return;
    }
    // A link-local address without its zone says nothing.
    const isUsable = ({ address, family }) => !(family === 6 && /^fe[89ab][0-9a-f]:/i.test(address) && !address.includes('%'));
    const { address, family } = addresses.find(isUsable) ?? addresses[0];
    listenOrAsk(server, { ...request, address, addressType: family });
  });
}

function listenOnPath(server, options, backlog) {
  const { path, exclusive, readableAll, writableAll } = options;
  if (path[0] === '\0' && (options.readableAll === true || options.writableAll === true)) {
    throw invalidArgValue('options', options,
      'can not set readableAll or writableAllt to true when path is abstract unix socket');
  }
  server._pipeName = path;
  listenOrAsk(server, {
    address: path, port: -1, addressType: -1, backlog, exclusive, readableAll, writableAll,
  });
  if (!server._handle) return;
  const mode = (options.readableAll === true ? READABLE : 0) | (options.writableAll === true ? WRITABLE : 0);
  if (mode === 0) return;
  const status = server._handle.fchmod(mode);
  if (status !== 0) {
    dropHandle(server);
    throw errnoException(status, 'uv_pipe_chmod');
  }
}

// Listens itself, or, in a worker of a cluster, on a handle that the primary shares out.
function listenOrAsk(server, request) {
  const { address, port, addressType, backlog, fd, flags } = request;
  const listenHere = () => server._listen2(address, port, addressType, backlog, fd, flags);
  const cluster = request.exclusive ? undefined : loaded('cluster');
  if (!cluster?.isWorker) return listenHere();
  const { readableAll, writableAll } = request;
  const query = { address, port, addressType, fd, flags, backlog, readableAll, writableAll };
  cluster._getServer(server, query, (status, handle) => {
    const checked = checkBound(status, port, handle);
    if (checked !== 0) {
      server.emit('error', hostPortException(checked, 'bind', address, port));
      return;
    }
    const before = server._handle;
    server._handle = handle;
    if (!before) return listenHere();
    // It was told to listen twice: the later handle serves, and nothing is told again.
    before.close();
    handle.onconnection = acceptConnection;
    handle[ownerSymbol] = server;
    handle.listen(backlog || BACKLOG);
  });
}

// Makes a handle and binds it; its status where that fails.
function createServerHandle(address, port, addressType, fd, flags) {
  let handle;
  if (typeof fd === 'number' && fd >= 0) {
    try {
      handle = handleFor(fd, true);
    } catch {
      return EINVAL;
    }
    return handle.open(fd) || handle;
  }
  const isPipe = port === -1 && addressType === -1;
  handle = new (isPipe ? Pipe : TCP)(SERVER);
  let status = 0;
  if (isPipe) {
    if (address) status = handle.bind(address);
  } else if (!address) {
    status = handle.bind6('::', port, flags);
    if (status !== 0) {
      handle.close();
      return createServerHandle('0.0.0.0', port, 4, undefined, flags);
    }
  } else {
    status = addressType === 6 ? handle.bind6(address, port, flags) : handle.bind(address, port, flags);
  }
  if (status === 0) return handle;
  handle.close();
  return status;
}

function listen2(address, port, addressType, backlog, fd, flags) {
  const denial = netDenial(`${address}:${port}`);
  if (denial) {
    dropHandle(this);
    failListening(this, denial);
    return;
  }
  if (!this._handle) {
    let made = EINVAL;
    if (!address && typeof fd !== 'number') {
      // All addresses: those of IPv4 come with those of IPv6, where there is IPv6.
      made = createServerHandle('::', port, 6, fd, flags);
      [address, addressType] = typeof made === 'number' ? ['0.0.0.0', 4] : ['::', 6];
    }
    if (typeof made === 'number') made = createServerHandle(address, port, addressType, fd, flags);
    if (typeof made === 'number') {
      failListening(this, listenException(made, 'listen', address, port));
      return;
    }
    this._handle = made;
  }
  this._handle.onconnection = acceptConnection;
  this._handle[ownerSymbol] = this;
  const status = this._handle.listen(backlog || BACKLOG);
  if (status !== 0) {
    const error = listenException(status, 'listen', address, port);
    dropHandle(this);
    failListening(this, error);
    return;
  }
  this._connectionKey = `${addressType}:${address}:${port}`;
  if (this._unref) this.unref();
  nextTick(emitListening, this);
}

function dropHandle(server) {
  server._handle?.close();
  server._handle = null;
}

function failListening(server, error) {
  publish('tracing:net.server.listen:error', 'server', server, 'error', error);
  nextTick(emitError, server, error);
}

function emitError(server, error) {
  server.emit('error', error);
}

function emitListening(server) {
  if (!server._handle) return;
  publish('tracing:net.server.listen:asyncEnd', 'server', server);
  server.emit('listening');
}

// ---- The methods.

const methods = {
  listen(...args) {
    listen(this, args);
    return this;
  },

  _listen2: listen2,

  address() {
    if (this._handle?.getsockname) {
      const out = {};
      const status = this._handle.getsockname(out);
      if (status !== 0) throw errnoException(status, 'address');
      return out;
    }
    return this._pipeName ? this._pipeName : null;
  },

  getConnections(callback) {
    if (this._workers.length === 0) {
      nextTick(callback, null, this._connections);
      return this;
    }
    let missing = this._workers.length;
    let total = this._connections;
    const counted = (error, count) => {
      if (error) {
        missing = -1;
        nextTick(callback, error, undefined);
        return;
      }
      total += count;
      if (--missing === 0) nextTick(callback, null, total);
    };
    for (const worker of this._workers) worker.getConnections(counted);
    return this;
  },

  close(callback) {
    if (typeof callback === 'function') {
      const isRunning = Boolean(this._handle);
      this.once('close', isRunning ? callback : () => {
        callback(coded('ERR_SERVER_NOT_RUNNING', 'Server is not running.'));
      });
    }
    this._listeningId++;
    dropHandle(this);
    if (this._workers.length === 0) this._emitCloseIfDrained();
    else closeInWorkers(this, [...this._workers]);
    return this;
  },

  _emitCloseIfDrained() {
    if (this._handle || this._connections) return;
    nextTick(emitClose, this);
  },

  _setupWorker(list) {
    this._usingWorkers = true;
    this._workers.push(list);
    list.once('exit', (gone) => {
      this._workers.splice(this._workers.indexOf(gone), 1);
    });
  },

  ref() {
    this._unref = false;
    this._handle?.ref();
    return this;
  },

  unref() {
    this._unref = true;
    this._handle?.unref();
    return this;
  },

  [EventEmitter.captureRejectionSymbol](error, event, socket) {
    if (event === 'connection') socket.destroy(error);
    else this.emit('error', error);
  },

  async [Symbol.asyncDispose]() {
    if (!this._handle) return;
    await new Promise((resolve, reject) => {
      this.close((error) => (error ? reject(error) : resolve()));
    });
  },
};

// The event is to come once, when all have answered: until then there is one connection more, of nobody.
function closeInWorkers(server, workers) {
  const waiting = new Set(workers.keys());
  server._connections += 1;
  for (const [number, worker] of workers.entries()) {
    worker.close(() => {
      if (!waiting.delete(number) || waiting.size > 0) return;
      server._connections = 0;
      server._emitCloseIfDrained();
    });
  }
}

function emitClose(server) {
  server.emit('close');
}

Object.assign(Server.prototype, methods);
defineProperty(Server.prototype, 'listening', {
  __proto__: null, configurable: true, enumerable: true, get() { return Boolean(this._handle); },
});

module.exports = { Server, createServerHandle };
