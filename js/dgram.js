'use strict';

// UDP sockets. What a socket is to do is decided here; each datagram is sent and received natively.

const EventEmitter = require('events');
const { loaded } = require('internal/builtins');
const { netDenial } = require('internal/permission');
const { coded, errnoException, hostPortException, invalidArgType } = require('internal/errors');
const {
  validateAbortSignal, validateFunction, validateInteger, validateNumber, validatePort, validateString,
} = require('internal/validate');
const { execArgv, nextTick } = require('process');

const {
  UDP, inheritLookup, ipVersion, kOwner, kState, kindOf, makeSend, queueFirst, transmit,
  useDefaultLookup,
} = require('internal/dgram');

// bindState
const UNBOUND = 0;
const BINDING = 1;
const BOUND = 2;
// connectState; the native half knows the last one.
const DISCONNECTED = 0;
const CONNECTING = 1;
const CONNECTED = 2;

// Flags of handle.bind.
const IPV6_ONLY = 1;
const REUSE_ADDRESS = 4;
const REUSE_PORT = 8;

const QUEUE_FIRST = execArgv.includes('--test-udp-no-try-send');

// Hosts are looked up with dns.lookup, which is loaded for names only.
function lookUpHost(host, family, callback) {
  if (ipVersion(host) > 0) nextTick(callback, null, host, family);
  else require('dns').lookup(host, family, callback);
}

// What the types of sockets differ in: where they are without an address, and which functions of a handle are theirs.
const TYPES = {
  __proto__: null,
  udp4: { family: 4, here: '127.0.0.1', everywhere: '0.0.0.0', suffix: '' },
  udp6: { family: 6, here: '::1', everywhere: '::', suffix: '6' },
};

function createHandle(type, ownLookup) {
  if (ownLookup !== undefined) validateFunction(ownLookup, 'lookup');
  const kind = typeof type === 'string' ? TYPES[type] : undefined;
  if (kind === undefined) {
    throw coded('ERR_SOCKET_BAD_TYPE', 'Bad socket type specified. Valid types are: udp4, udp6');
  }
  const handle = new UDP();
  if (QUEUE_FIRST) queueFirst(handle);
  const lookup = ownLookup ?? loaded('dns')?.lookup;
  if (lookup === undefined) useDefaultLookup(handle);
  const { family, here, suffix } = kind;
  const find = lookup ?? lookUpHost;
  handle.lookup = (address, callback) => find(address || here, family, callback);
  if (suffix !== '') {
    for (const name of ['bind', 'connect', 'send']) handle[name] = handle[name + suffix];
  }
  return handle;
}

function validateBlockList(list, name) {
  if (list && !require('net').BlockList.isBlockList(list)) throw invalidArgType(name, 'an net.BlockList', list);
  return list || undefined;
}

function validateSize(size, name) {
  if (size) validateInteger(size, name, 0, 4294967295);
  return size;
}

function Socket(type, listener) {
  EventEmitter.call(this);
  const options = type !== null && typeof type === 'object' ? type : {};
  if (options === type) type = options.type;
  validateSize(options.recvBufferSize, 'options.recvBufferSize');
  validateSize(options.sendBufferSize, 'options.sendBufferSize');
  const receiveBlockList = validateBlockList(options.receiveBlockList, 'options.receiveBlockList');
  const sendBlockList = validateBlockList(options.sendBlockList, 'options.sendBlockList');
  let { lookup } = options;
  // A list of blocked addresses is asked between the look-up and the sending.
  if (lookup === undefined && sendBlockList) lookup = lookUpHost;
  const handle = createHandle(type, lookup);
  this.type = type;
  handle[kOwner] = this;
  if (typeof listener === 'function') this.on('message', listener);
  this[kState] = {
    handle,
    receiving: false,
    bindState: UNBOUND,
    connectState: DISCONNECTED,
    queue: undefined,
    reuseAddr: options.reuseAddr,
    reusePort: options.reusePort,
    ipv6Only: options.ipv6Only,
    recvBufferSize: options.recvBufferSize,
    sendBufferSize: options.sendBufferSize,
    receiveBlockList,
    sendBlockList,
  };
  if (options.signal !== undefined) closeOnAbort(this, options.signal);
  const channel = loaded('diagnostics_channel')?.channel('udp.socket');
  if (channel?.hasSubscribers) channel.publish({ socket: this });
}
Object.setPrototypeOf(Socket.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Socket, EventEmitter);

function closeOnAbort(socket, signal) {
  validateAbortSignal(signal, 'options.signal');
  const abort = () => {
    if (socket[kState].handle) socket.close();
  };
  if (signal.aborted) return abort();
  signal.addEventListener('abort', abort, { __proto__: null, once: true });
  socket.once('close', () => signal.removeEventListener('abort', abort));
}

// The state of a socket that is not closed.
function running(socket) {
  const state = socket[kState];
  if (!state.handle) throw coded('ERR_SOCKET_DGRAM_NOT_RUNNING', 'Not running');
  return state;
}

function check(status, syscall) {
  if (status) throw errnoException(status, syscall);
}

// Binding

// Takes over a handle that another process, or the program, has bound.
function replaceHandle(socket, handle) {
  const state = socket[kState];
  const old = state.handle;
  if (!old.hasRef()) handle.unref();
  for (const name of ['lookup', 'bind', 'connect', 'send']) {
    if (Object.hasOwn(old, name)) handle[name] = old[name];
  }
  inheritLookup(handle, old);
  handle[kOwner] = socket;
  old.close();
  state.handle = handle;
}

function onReceive(length, handle, message, from) {
  const socket = handle[kOwner];
  if (length < 0) return socket.emit('error', errnoException(length, 'recvmsg'));
  if (socket[kState].receiveBlockList.check(from.address, from.family.toLowerCase())) return;
  from.size = message.length;
  socket.emit('message', message, from);
}

function startListening(socket) {
  const state = socket[kState];
  if (state.receiveBlockList) state.handle.onmessage = onReceive;
  state.handle.recvStart();
  state.receiving = true;
  state.bindState = BOUND;
  if (state.recvBufferSize) bufferSize(socket, state.recvBufferSize, true);
  if (state.sendBufferSize) bufferSize(socket, state.sendBufferSize, false);
  socket.emit('listening');
}

function bindFailed(socket, error) {
  socket[kState].bindState = UNBOUND;
  socket.emit('error', error);
}

// The primary process of a cluster binds for its workers, which share the socket.
function bindInPrimary(socket, cluster, query, failed) {
  cluster._getServer(socket, query, (status, handle) => {
    if (status) return failed(status);
    if (!socket[kState].handle) return handle.close();
    replaceHandle(socket, handle);
    startListening(socket);
  });
}

// The cluster module, if this process is a worker and shares what it binds.
function sharingCluster(exclusive) {
  const cluster = exclusive ? undefined : loaded('cluster');
  return cluster?.isWorker ? cluster : undefined;
}

function bindDescriptor(socket, fd, exclusive) {
  const kind = kindOf(fd);
  if (kind !== 'UDP') throw coded('ERR_INVALID_FD_TYPE', `Unsupported fd type: ${kind}`);
  const cluster = sharingCluster(exclusive);
  if (!cluster) {
    check(socket[kState].handle.open(fd), 'open');
    return startListening(socket);
  }
  const query = { address: null, port: null, addressType: socket.type, fd, flags: null };
  bindInPrimary(socket, cluster, query, (status) => bindFailed(socket, errnoException(status, 'open')));
}

function bindAddress(socket, ip, port, exclusive) {
  const state = socket[kState];
  const failed = (status) => bindFailed(socket, hostPortException(status, 'bind', ip, port));
  let flags = 0;
  if (state.reuseAddr) flags |= REUSE_ADDRESS;
  if (state.ipv6Only) flags |= IPV6_ONLY;
  if (state.reusePort) flags |= REUSE_PORT;
  const cluster = sharingCluster(exclusive || state.reusePort);
  if (cluster) {
    return bindInPrimary(socket, cluster, { address: ip, port, addressType: socket.type, fd: -1, flags }, failed);
  }
  const denial = netDenial(`${ip}:${port || 0}`);
  if (denial) {
    bindFailed(socket, denial);
    return;
  }
  const status = state.handle.bind(ip, port || 0, flags);
  if (status) failed(status);
  else startListening(socket);
}

// Calls back once the socket listens, unless there is an error before.
function whenListening(socket, callback) {
  function forget() {
    socket.removeListener('error', forget);
    socket.removeListener('listening', listening);
  }
  function listening() {
    forget();
    callback.call(this);
  }
  socket.on('error', forget);
  socket.on('listening', listening);
}

Socket.prototype.bind = function bind(port, address) {
  const state = running(this);
  if (state.bindState !== UNBOUND) throw coded('ERR_SOCKET_ALREADY_BOUND', 'Socket is already bound');
  state.bindState = BINDING;
  const callback = arguments.length > 0 && arguments[arguments.length - 1];
  if (typeof callback === 'function') whenListening(this, callback);
  let exclusive = false;
  if (port !== null && typeof port === 'object') {
    const options = port;
    if (typeof options.recvStart === 'function') {
      replaceHandle(this, options);
      startListening(this);
      return this;
    }
    exclusive = !!options.exclusive;
    if (Number.isInteger(options.fd) && options.fd > 0) {
      bindDescriptor(this, options.fd, exclusive);
      return this;
    }
    ({ port, address } = options);
  }
  if (!address || typeof address === 'function') ({ everywhere: address } = TYPES[this.type] ?? TYPES.udp6);
  state.handle.lookup(address, (error, ip) => {
    if (!state.handle) return;
    if (error) bindFailed(this, error);
    else bindAddress(this, ip, port, exclusive);
  });
  return this;
};

// What waits for a socket to be bound.

function onListening() {
  this.removeListener(EventEmitter.errorMonitor, onListenError);
  const { queue } = this[kState];
  this[kState].queue = undefined;
  for (const action of queue) action();
}

function onListenError() {
  this.removeListener('listening', onListening);
  this[kState].queue = undefined;
}

// Runs an action as soon as the socket is bound, to any port if the program has not bound it.
function whenBound(socket, action) {
  const state = socket[kState];
  if (state.bindState === UNBOUND) socket.bind({ port: 0, exclusive: true }, null);
  if (state.bindState === BOUND) return action();
  if (state.queue === undefined) {
    state.queue = [];
    socket.once(EventEmitter.errorMonitor, onListenError);
    socket.once('listening', onListening);
  }
  state.queue.push(action);
}

// Connecting

function finishConnect(socket, error, ip, address, port, callback) {
  const state = socket[kState];
  if (!state.handle) return;
  error ||= blocked(state, ip);
  if (!error) {
    const status = state.handle.connect(ip, port);
    if (status) error = hostPortException(status, 'connect', address, port);
  }
  if (!error) {
    state.connectState = CONNECTED;
    nextTick(() => socket.emit('connect'));
    return;
  }
  state.connectState = DISCONNECTED;
  nextTick(() => {
    if (!callback) return socket.emit('error', error);
    socket.removeListener('connect', callback);
    callback(error);
  });
}

Socket.prototype.connect = function connect(remotePort, host, callback) {
  const port = validatePort(remotePort, 'Port', false);
  const isWithoutHost = typeof host === 'function';
  if (isWithoutHost) callback = host;
  const address = isWithoutHost ? '' : host ?? '';
  validateString(address, 'address');
  const state = this[kState];
  if (state.connectState !== DISCONNECTED) throw alreadyConnected();
  state.connectState = CONNECTING;
  whenBound(this, () => {
    if (callback) this.once('connect', callback);
    running(this).handle.lookup(address, (error, ip) => finishConnect(this, error, ip, address, port, callback));
  });
};

Socket.prototype.disconnect = function disconnect() {
  const state = this[kState];
  if (state.connectState !== CONNECTED) throw notConnected();
  check(state.handle.disconnect(), 'connect');
  state.connectState = DISCONNECTED;
};

function alreadyConnected() {
  return coded('ERR_SOCKET_DGRAM_IS_CONNECTED', 'Already connected');
}

function notConnected() {
  return coded('ERR_SOCKET_DGRAM_NOT_CONNECTED', 'Not connected');
}

// Sending

function blocked(state, ip) {
  if (!ip || !state.sendBlockList?.check(ip, `ipv${ipVersion(ip)}`)) return null;
  return coded('ERR_IP_BLOCKED', `IP(${ip}) is blocked by net.BlockList`);
}

function sendTo(socket, error, ip, message, port, address, callback) {
  const state = socket[kState];
  if (error) {
    if (callback) nextTick(callback, error);
    else nextTick(() => socket.emit('error', error));
    return;
  }
  if (!state.handle) return;
  error = blocked(state, ip);
  if (!error) return transmit(state.handle, message, port, ip, callback, address);
  if (callback) nextTick(callback, error);
}

// What the native `send` leaves to do: its arguments are valid, the message is a copy.
function sendLater(message, port, address, callback, isConnected) {
  whenBound(this, () => {
    const { handle } = running(this);
    if (isConnected) return transmit(handle, message, 0, undefined, callback, undefined);
    handle.lookup(address, (error, ip) => sendTo(this, error, ip, message, port, address, callback));
  });
}

// The old way to send, which takes nothing for granted.
Socket.prototype.sendto = function sendto(buffer, offset, length, port, host, callback) {
  const numbers = { offset, length, port };
  for (const name of Object.keys(numbers)) validateNumber(numbers[name], name);
  validateString(host, 'address');
  this.send(buffer, offset, length, port, host, callback);
};

Socket.prototype.send = makeSend(sendLater);

// The end

Socket.prototype.close = function close(callback) {
  const state = this[kState];
  if (typeof callback === 'function') this.on('close', callback);
  if (state.queue !== undefined) {
    state.queue.push(() => this.close());
    return this;
  }
  const { handle } = running(this);
  handle.recvStop();
  state.receiving = false;
  handle.close();
  state.handle = null;
  nextTick(() => this.emit('close'));
  return this;
};

Socket.prototype[Symbol.asyncDispose] = async function() {
  if (this[kState].handle) await new Promise((resolve) => this.close(resolve));
};

// Addresses

Socket.prototype.address = function address() {
  const out = {};
  check(running(this).handle.getsockname(out), 'getsockname');
  return out;
};

Socket.prototype.remoteAddress = function remoteAddress() {
  const state = running(this);
  if (state.connectState !== CONNECTED) throw notConnected();
  const out = {};
  check(state.handle.getpeername(out), 'getpeername');
  return out;
};

// Options

Socket.prototype.setBroadcast = function setBroadcast(on) {
  check(running(this).handle.setBroadcast(on ? 1 : 0), 'setBroadcast');
};

Socket.prototype.setTTL = function setTTL(ttl) {
  validateNumber(ttl, 'ttl');
  check(running(this).handle.setTTL(ttl), 'setTTL');
  return ttl;
};

Socket.prototype.setMulticastTTL = function setMulticastTTL(ttl) {
  validateNumber(ttl, 'ttl');
  check(running(this).handle.setMulticastTTL(ttl), 'setMulticastTTL');
  return ttl;
};

Socket.prototype.setMulticastLoopback = function setMulticastLoopback(on) {
  check(running(this).handle.setMulticastLoopback(on ? 1 : 0), 'setMulticastLoopback');
  return on;
};

Socket.prototype.setMulticastInterface = function setMulticastInterface(address) {
  const { handle } = running(this);
  validateString(address, 'interfaceAddress');
  check(handle.setMulticastInterface(address), 'setMulticastInterface');
};

function defineMembership(name) {
  const method = function(multicastAddress, interfaceAddress) {
    const { handle } = running(this);
    if (!multicastAddress) {
      throw coded('ERR_MISSING_ARGS', 'The "multicastAddress" argument must be specified');
    }
    check(handle[name](multicastAddress, interfaceAddress), name);
  };
  Socket.prototype[name] = Object.defineProperty(method, 'name', { __proto__: null, value: name });
}

function defineSourceMembership(name) {
  const method = function(sourceAddress, groupAddress, interfaceAddress) {
    const { handle } = running(this);
    validateString(sourceAddress, 'sourceAddress');
    validateString(groupAddress, 'groupAddress');
    check(handle[name](sourceAddress, groupAddress, interfaceAddress), name);
  };
  Socket.prototype[name] = Object.defineProperty(method, 'name', { __proto__: null, value: name });
}

defineMembership('addMembership');
defineMembership('dropMembership');
defineSourceMembership('addSourceSpecificMembership');
defineSourceMembership('dropSourceSpecificMembership');

Socket.prototype.ref = function ref() {
  this[kState].handle?.ref();
  return this;
};

Socket.prototype.unref = function unref() {
  this[kState].handle?.unref();
  return this;
};

function bufferSize(socket, size, isReceive) {
  if (size >>> 0 !== size) throw coded('ERR_SOCKET_BAD_BUFFER_SIZE', 'Buffer size must be a positive integer');
  const failure = {};
  const answer = running(socket).handle.bufferSize(size, isReceive, failure);
  if (answer === undefined) throw bufferSizeError(failure);
  return answer;
}

function bufferSizeError(info) {
  const { code, message, syscall } = info;
  const error = coded('ERR_SOCKET_BUFFER_SIZE',
    `Could not get or set buffer size: ${syscall} returned ${code} (${message})`);
  const hidden = { __proto__: null, configurable: true, writable: true };
  Object.defineProperty(error, 'name', { ...hidden, value: 'SystemError' });
  Object.defineProperty(error, 'info', { ...hidden, value: info, enumerable: true, writable: false });
  for (const key of ['errno', 'syscall']) {
    Object.defineProperty(error, key, {
      __proto__: null,
      get() { return info[key]; },
      set(value) { info[key] = value; },
      enumerable: true,
      configurable: true,
    });
  }
  return error;
}

Socket.prototype.setRecvBufferSize = function setRecvBufferSize(size) {
  bufferSize(this, size, true);
};

Socket.prototype.setSendBufferSize = function setSendBufferSize(size) {
  bufferSize(this, size, false);
};

Socket.prototype.getRecvBufferSize = function getRecvBufferSize() {
  return bufferSize(this, 0, true);
};

Socket.prototype.getSendBufferSize = function getSendBufferSize() {
  return bufferSize(this, 0, false);
};

Socket.prototype.getSendQueueSize = function getSendQueueSize() {
  return running(this).handle.getSendQueueSize();
};

Socket.prototype.getSendQueueCount = function getSendQueueCount() {
  return running(this).handle.getSendQueueCount();
};

function createSocket(type, listener) {
  return new Socket(type, listener);
}

module.exports = { createSocket, Socket };
