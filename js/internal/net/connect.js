'use strict';

// Connecting a net.Socket: to a path, to an address, to a name with one address after the other.

const { nextTick } = require('process');
const { coded, errnoException, hostPortException, invalidArgType } = require('internal/errors');
const { Pipe, SOCKET, TCP, ownerSymbol } = require('internal/handles');
const {
  Socket, initHandle, replaceHandle, kSetKeepAlive, kSetKeepAliveInitialDelay, kSetNoDelay, kSetTOS,
} = require('internal/net/socket');
const { startWanted } = require('internal/net/core');
const { kNormalized, normalize, validatePort } = require('internal/net/arguments');
const { isIP } = require('internal/net/ip');
const { publish } = require('internal/diagnostics');
const { netDenial } = require('internal/permission');
const { loaded } = require('internal/builtins');
const {
  validateBoolean, validateFunction, validateInteger, validateNumber, validateString,
} = require('internal/validate');

const EADDRINUSE = -98;
const ECANCELED = -125;
const ETIMEDOUT = -110;

// `net.connect(...args)`, where natives leave it to us.
function connectNew(...args) {
  const normalized = normalize(args);
  const [options] = normalized;
  const socket = new Socket(options);
  if (options.timeout) socket.setTimeout(options.timeout);
  return socket.connect(normalized);
}

// `socket.connect(...args)`.
function connect(socket, args) {
  const [first] = args;
  const [options, callback] = Array.isArray(first) && first[kNormalized] ? first : normalize(args);
  const { path, port } = options;
  if (port === undefined && (path === undefined || path === null)) {
    throw coded('ERR_MISSING_ARGS', 'The "options" or "port" or "path" argument must be specified');
  }
  if (socket.write !== Socket.prototype.write) socket.write = Socket.prototype.write;
  if (socket.destroyed) {
    socket._handle = null;
    socket._peername = undefined;
    socket._sockname = undefined;
  }
  const isPipe = Boolean(path);
  if (!socket._handle) {
    socket._handle = isPipe ? new Pipe(SOCKET) : new TCP(SOCKET);
    initHandle(socket);
  }
  if (callback !== null) socket.once('connect', callback);
  publish('net.client.socket', 'socket', socket);
  socket._unrefTimer();
  socket.connecting = true;
  if (isPipe) {
    validateString(path, 'options.path');
    attempt(socket, path);
  } else {
    lookUp(socket, options);
  }
  return socket;
}

// ---- Which addresses.

function lookUp(socket, options) {
  const { localAddress, localPort } = options;
  if (options.host) validateString(options.host, 'options.host');
  const host = options.host || 'localhost';
  if (localAddress && !isIP(localAddress)) throw invalidAddress(localAddress);
  if (localPort) validateNumber(localPort, 'options.localPort');
  const port = portOf(options);
  const eyeballs = familySelection(options);
  const family = isIP(host);
  if (family) {
    nextTick(() => {
      if (socket.connecting) attempt(socket, host, port, family, localAddress, localPort);
    });
    return;
  }
  if (options.lookup !== undefined && options.lookup !== null) validateFunction(options.lookup, 'options.lookup');
  const dns = require('dns');
  const query = { family: numericFamily(options.family), hints: options.hints || 0 };
  const isOneFamily = query.family === 4 || query.family === 6;
  if (!isOneFamily && query.hints === 0) query.hints = dns.ADDRCONFIG;
  socket._host = host;
  const lookup = options.lookup || dns.lookup;
  const plan = { socket, host, port, lookup, query, options, localAddress, localPort };
  if (eyeballs.isOn && !isOneFamily && !localAddress) lookUpAll(plan, eyeballs.timeout);
  else lookUpOne(plan);
}

function portOf({ port }) {
  if (port === undefined) return 0;
  const isWritten = typeof port === 'string' || typeof port === 'number';
  if (!isWritten) throw invalidArgType('options.port', 'one of type number or string', port);
  return validatePort(port, 'Port');
}

function familySelection({ autoSelectFamily, autoSelectFamilyAttemptTimeout: timeout }) {
  const isGiven = (value) => value !== undefined && value !== null;
  if (isGiven(autoSelectFamily)) validateBoolean(autoSelectFamily, 'options.autoSelectFamily');
  if (isGiven(timeout)) validateInteger(timeout, 'options.autoSelectFamilyAttemptTimeout', 1, 2147483647);
  const defaults = require('internal/net/defaults');
  return {
    isOn: isGiven(autoSelectFamily) ? autoSelectFamily : defaults.getDefaultAutoSelectFamily(),
    timeout: isGiven(timeout) ? Math.max(timeout, 10) : defaults.getDefaultAutoSelectFamilyAttemptTimeout(),
  };
}

function numericFamily(family) {
  if (family === 'IPv4') return 4;
  if (family === 'IPv6') return 6;
  return family;
}

function lookUpOne({ socket, host, port, lookup, query, options, localAddress, localPort }) {
  lookup(host, query, (error, address, family) => {
    socket.emit('lookup', error, address, family, host);
    if (!socket.connecting) return;
    error ||= addressError(address, family, options);
    if (error) {
      // Whoever made the socket has had no time to listen yet.
      nextTick(fail, socket, error);
      return;
    }
    socket._unrefTimer();
    attempt(socket, address, port, family, localAddress, localPort);
  });
}

function lookUpAll({ socket, host, port, lookup, query, options, localAddress, localPort }, timeout) {
  query.all = true;
  lookup(host, query, (error, addresses) => {
    if (!socket.connecting) return;
    if (error) {
      socket.emit('lookup', error, undefined, undefined, host);
      nextTick(fail, socket, error);
      return;
    }
    for (const { address, family } of addresses) {
      socket.emit('lookup', error, address, family, host);
      if (!socket.connecting) return;
    }
    const queue = alternating(addresses);
    if (queue.length === 0) {
      const [{ address, family }] = addresses;
      nextTick(fail, socket, addressError(address, family, options));
      return;
    }
    socket._unrefTimer();
    if (queue.length === 1) {
      const [{ address, family }] = queue;
      attempt(socket, address, port, family, localAddress, localPort);
      return;
    }
    socket.autoSelectFamilyAttemptedAddresses = [];
    attemptNext({ socket, addresses: queue, current: 0, port, localPort, timeout, timer: undefined, errors: [] });
  });
}

// Each address once, the families by turns, that of the first address first.
function alternating(addresses) {
  const families = new Map();
  for (const entry of addresses) {
    const { address, family } = entry;
    if (!isIP(address) || (family !== 4 && family !== 6)) continue;
    if (!families.has(family)) families.set(family, []);
    const known = families.get(family);
    if (!known.some((other) => other.address === address)) known.push(entry);
  }
  const [first = [], second = []] = families.values();
  const queue = [];
  for (let i = 0; i < first.length || i < second.length; i++) {
    if (i < first.length) queue.push(first[i]);
    if (i < second.length) queue.push(second[i]);
  }
  return queue;
}

function addressError(address, family, { host, port }) {
  if (typeof address !== 'string' || !isIP(address)) return invalidAddress(address);
  if (family === 4 || family === 6) return null;
  const error = coded('ERR_INVALID_ADDRESS_FAMILY', `Invalid address family: ${family} ${host}:${port}`);
  error.host = host;
  error.port = port;
  return error;
}

function invalidAddress(address) {
  return coded('ERR_INVALID_IP_ADDRESS', `Invalid IP address: ${address}`);
}

function fail(socket, error) {
  socket.destroy(error);
}

// ---- One attempt.

function attempt(socket, address, port, family, localAddress, localPort) {
  const refused = prepare(socket, address, family, localAddress, localPort);
  if (refused) {
    socket.destroy(refused);
    return;
  }
  const request = { address, port, localAddress, localPort, addressType: family, oncomplete: afterConnect };
  if (family === 6 || family === 4) socket.emit('connectionAttempt', address, port, family);
  const status = begin(socket._handle, request);
  if (status !== 0) socket.destroy(attemptError(socket, status, request));
}

// Binds the socket where the options say so; the error that forbids the attempt.
function prepare(socket, address, family, localAddress, localPort) {
  const denial = netDenial(address);
  if (denial) {
    denial.syscall = 'connect';
    return denial;
  }
  if (localAddress || localPort) {
    localAddress ||= family === 6 ? '::' : '0.0.0.0';
    const bound = family === 6 ?
      socket._handle.bind6(localAddress, localPort ?? 0, 0) : socket._handle.bind(localAddress, localPort ?? 0, 0);
    const status = checkBound(bound, localPort, socket._handle);
    if (status !== 0) return hostPortException(status, 'bind', localAddress, localPort);
  }
  if (socket.blockList && family && socket.blockList.check(address, `ipv${family}`)) {
    return coded('ERR_IP_BLOCKED', `IP(${address}) is blocked by net.BlockList`);
  }
  return undefined;
}

// A bind may fail late, and what follows would then take any port.
function checkBound(status, port, handle) {
  if (status !== 0 || !(port > 0) || !handle.getsockname) return status;
  const out = {};
  const asked = handle.getsockname(out);
  return asked === 0 && port !== out.port ? EADDRINUSE : asked;
}

function begin(handle, request) {
  const { address, port, addressType } = request;
  if (addressType) request.startTime = loaded('internal/performance')?.net?.now();
  if (addressType === 6) return handle.connect6(request, address, port);
  if (addressType === 4) return handle.connect(request, address, port);
  return handle.connect(request, address);
}

function attemptError(socket, status, { address, port }) {
  const { address: local, port: localPort } = socket._getsockname();
  return hostPortException(status, 'connect', address, port, `${local}:${localPort}`);
}

function connectionError(status, { address, port, localAddress, localPort }) {
  const local = localAddress && localPort ? `${localAddress}:${localPort}` : undefined;
  const error = hostPortException(status, 'connect', address, port, local);
  if (local) {
    error.localAddress = localAddress;
    error.localPort = localPort;
  }
  return error;
}

// The handle's answer; the request is its receiver.
function afterConnect(status, handle, request, readable, writable) {
  const socket = handle[ownerSymbol];
  if (socket.destroyed) return;
  socket.connecting = false;
  socket._sockname = null;
  if (status !== 0) {
    failConnection(socket, status, request);
    return;
  }
  if (socket.readable && !readable) {
    socket.push(null);
    socket.read();
  }
  if (socket.writable && !writable) socket.end();
  socket._unrefTimer();
  applyOptions(socket, handle);
  if (request.startTime !== undefined) {
    loaded('internal/performance').net?.connected(request.startTime, { host: request.address, port: request.port });
  }
  socket.emit('connect');
  startWanted(socket);
  socket.emit('ready');
  // Begins to read, or learns of the end at once.
  if (readable && !socket.isPaused()) socket.read(0);
}

function failConnection(socket, status, request) {
  const error = connectionError(status, request);
  const { address, port, addressType } = request;
  if (addressType) socket.emit('connectionAttemptFailed', address, port, addressType, error);
  socket.destroy(error);
}

// What natives leave to us of an attempt: its failure, at once or later, and rare options.

function attemptRefused(socket, status, address, port) {
  socket.destroy(attemptError(socket, status, { address, port }));
}

function connectionFailed(socket, status, address, port, addressType) {
  failConnection(socket, status, { address, port, addressType });
}

function applyOptions(socket, handle) {
  if (socket[kSetNoDelay]) handle.setNoDelay?.(true);
  if (socket[kSetKeepAlive]) handle.setKeepAlive?.(true, socket[kSetKeepAliveInitialDelay]);
  if (socket[kSetTOS] !== undefined) applyTypeOfService(socket, handle);
}

function applyTypeOfService(socket, handle) {
  const status = handle.setTypeOfService?.(socket[kSetTOS]) ?? 0;
  if (status !== 0) require('process').emitWarning(errnoException(status, 'setTypeOfService'));
}

// ---- One attempt after the other.

function attemptNext(plan, isCanceled) {
  const { socket, addresses, port, localPort } = plan;
  clearTimeout(plan.timer);
  if (socket.destroyed) return;
  if (isCanceled || plan.current === addresses.length) {
    socket.destroy(plan.errors.length === 0 ? timedOut() : together(plan.errors));
    return;
  }
  const current = plan.current++;
  if (current > 0) replaceHandle(socket, new TCP(SOCKET));
  const { address, family } = addresses[current];
  const refused = prepare(socket, address, family, undefined, localPort);
  if (refused) {
    plan.errors.push(refused);
    if (refused.code === 'ERR_IP_BLOCKED') socket.emit('connectionAttemptFailed', address, port, family, refused);
    attemptNext(plan);
    return;
  }
  const request = { address, port, localAddress: undefined, localPort, addressType: family };
  request.oncomplete = (...args) => afterAttempt(plan, current, ...args);
  socket.autoSelectFamilyAttemptedAddresses.push(`${address}:${port}`);
  socket.emit('connectionAttempt', address, port, family);
  const status = begin(socket._handle, request);
  if (status !== 0) {
    attemptFailed(plan, request, attemptError(socket, status, request));
    attemptNext(plan);
    return;
  }
  if (current < addresses.length - 1) {
    plan.timer = setTimeout(attemptTookLong, plan.timeout, plan, request, socket._handle);
  }
}

function attemptFailed({ socket, errors }, { address, port, addressType }, error) {
  errors.push(error);
  socket.emit('connectionAttemptFailed', address, port, addressType, error);
}

function attemptTookLong(plan, request, handle) {
  const { socket, errors } = plan;
  socket.emit('connectionAttemptTimeout', request.address, request.port, request.addressType);
  request.oncomplete = undefined;
  errors.push(connectionError(ETIMEDOUT, request));
  handle.close();
  if (socket.connecting) attemptNext(plan);
}

function afterAttempt(plan, current, status, handle, request, readable, writable) {
  const { socket } = plan;
  clearTimeout(plan.timer);
  if (status === 0 && current !== plan.current - 1) {
    handle.close();
    return;
  }
  if (status !== 0) {
    attemptFailed(plan, request, connectionError(status, request));
    if (socket.connecting) attemptNext(plan, status === ECANCELED);
    return;
  }
  afterConnect(status, socket._handle, request, readable, writable);
}

function timedOut() {
  return coded('ERR_SOCKET_CONNECTION_TIMEOUT', 'Socket connection timeout');
}

function together(errors) {
  const error = new AggregateError(errors);
  error.code = errors[0].code;
  return error;
}

module.exports = { applyOptions, attemptRefused, checkBound, connect, connectNew, connectionFailed };
