'use strict';

// http.Agent: who gets which socket. A socket is in use, or free for the next request to the same place; a request that
// can have neither a free one nor one of its own waits.

const EventEmitter = require('events');
const { invalidArgValue, outOfRange } = require('internal/errors');
const { obtain, serverName } = require('internal/http/connect');

const { assign, setPrototypeOf } = Object;

// Of a socket: whose it is, and what it was made of. Of a request that waits: what it wants.
const kPlace = Symbol('kPlace');
const kWish = Symbol('kWish');

// Properties of an agent that its options can set, and what they are otherwise.
const DEFAULTS = [
  ['protocol', 'http:'],
  ['defaultPort', 80],
  ['keepAlive', false],
  ['keepAliveMsecs', 1000],
  ['scheduling', 'lifo'],
  ['maxFreeSockets', 256],
];

function Agent(options) {
  // It is called without `new`, too, and by those that inherit from it.
  const isInstance = this instanceof Agent;
  if (!isInstance) return new Agent(options);
  // A connection is made with these, too: it has no path unless it leads to a local socket.
  const said = { __proto__: null, noDelay: true, ...options, path: null };
  said.noDelay ??= true;
  for (const [property, otherwise] of DEFAULTS) this[property] = said[property] || otherwise;
  if (!['fifo', 'lifo'].includes(this.scheduling)) {
    throw invalidArgValue('scheduling', this.scheduling, "must be one of: 'fifo', 'lifo'");
  }
  this.maxSockets = said.maxSockets || Agent.defaultMaxSockets;
  this.maxTotalSockets = limitOf(said.maxTotalSockets);
  const { agentKeepAliveTimeoutBuffer: buffer } = said;
  this.agentKeepAliveTimeoutBuffer = buffer >= 0 && Number.isFinite(buffer) ? buffer : 1000;
  this.totalSocketCount = 0;
  // Lists by the name of a place. Programs read them and change them, so nothing is known of them from before.
  for (const lists of ['sockets', 'freeSockets', 'requests']) this[lists] = { __proto__: null };
  this.options = said;
  EventEmitter.call(this);
  this.on('free', onFree);
}

setPrototypeOf(Agent, EventEmitter);
setPrototypeOf(Agent.prototype, EventEmitter.prototype);
Agent.defaultMaxSockets = Infinity;

function limitOf(maxTotalSockets) {
  if (maxTotalSockets === undefined) return Infinity;
  require('internal/validate').validateNumber(maxTotalSockets, 'maxTotalSockets');
  if (maxTotalSockets >= 1) return maxTotalSockets;
  throw outOfRange('maxTotalSockets', '>= 1', maxTotalSockets);
}

// ---- Lists by name. A place without entries has no list.

function countOf(lists, name) {
  return lists[name]?.length ?? 0;
}

function put(lists, name, entry) {
  if (lists[name] === undefined) lists[name] = [entry];
  else lists[name].push(entry);
}

// Takes an entry out by its index; -1 is the last.
function take(lists, name, index) {
  const [entry] = lists[name].splice(index, 1);
  if (lists[name].length === 0) delete lists[name];
  return entry;
}

function strike(lists, name, entry) {
  const index = lists[name]?.indexOf(entry) ?? -1;
  if (index >= 0) take(lists, name, index);
}

// ---- Who gets what.

// What a request wants a connection with: the agent's options count more than its own.
function wishOf(agent, options) {
  const wish = { __proto__: null, ...options, ...agent.options };
  if (wish.socketPath) wish.path = wish.socketPath;
  return wish;
}

function hasRoom(agent, name) {
  return agent.totalSocketCount < agent.maxTotalSockets &&
    countOf(agent.sockets, name) + countOf(agent.freeSockets, name) < agent.maxSockets;
}

// A free socket that is still of use, or undefined.
function takeFree(agent, name) {
  const index = agent.scheduling === 'fifo' ? 0 : -1;
  while (countOf(agent.freeSockets, name) > 0) {
    const socket = take(agent.freeSockets, name, index);
    if (!socket.destroyed) return socket;
  }
  return undefined;
}

function hand(agent, request, socket) {
  const milliseconds = request.timeout || agent.options.timeout || 0;
  if (milliseconds !== (socket.timeout || 0)) socket.setTimeout(milliseconds);
  request.onSocket(socket);
}

function connect(agent, request, wish) {
  agent.createSocket(request, wish, (error, socket) => {
    if (error) request.onSocket(socket, error);
    else hand(agent, request, socket);
  });
}

// A socket is gone: one who waits can have another, first of all one who wants to go to the same place.
function admit(agent, place) {
  const { requests } = agent;
  let name = countOf(requests, place) > 0 ? place : undefined;
  if (name === undefined) {
    for (const other in requests) {
      if (countOf(requests, other) > 0 && hasRoom(agent, other)) {
        name = other;
        break;
      }
    }
  }
  if (name === undefined || !hasRoom(agent, name)) return;
  const request = take(requests, name, 0);
  connect(agent, request, request[kWish]);
}

// Whether a socket without a request is kept for the next one.
function canRest(agent, name, socket) {
  if (!agent.keepAlive || socket._httpMessage?.shouldKeepAlive === false) return false;
  const free = countOf(agent.freeSockets, name);
  if (free >= agent.maxFreeSockets || countOf(agent.sockets, name) + free > agent.maxSockets) return false;
  if (agent.totalSocketCount >= agent.maxTotalSockets) {
    if (agent.totalSocketCount > agent.maxTotalSockets) return false;
    // All places are taken, and somebody wants to go elsewhere.
    for (const other in agent.requests) {
      if (countOf(agent.requests, other) > 0) return false;
    }
  }
  return agent.keepSocketAlive(socket);
}

// A request is over: its socket is the next one's, waits for it, or goes. Listener of an agent.
function onFree(socket, options) {
  const name = this.getName(options);
  if (socket.writable && countOf(this.requests, name) > 0) {
    hand(this, take(this.requests, name, 0), socket);
  } else if (socket.writable && canRest(this, name, socket)) {
    socket._httpMessage = null;
    socket.once('error', dropSocket);
    put(this.freeSockets, name, socket);
    this.removeSocket(socket, options);
  } else {
    socket.destroy();
  }
}

// ---- What an agent hears of its sockets. Each is called with the socket as `this`.

const LISTENERS = {
  __proto__: null,

  free() {
    const { agent, options } = this[kPlace];
    agent.emit('free', this, options);
  },

  close() {
    forget(this);
  },

  // The time of a socket in use is its request's.
  timeout() {
    const { agent, options } = this[kPlace];
    if (agent.freeSockets[agent.getName(options)]?.includes(this)) this.destroy();
  },

  agentRemove() {
    for (const event in LISTENERS) this.removeListener(event, LISTENERS[event]);
    forget(this);
  },
};

// Listener of a free socket.
function dropSocket() {
  this.destroy();
  this.emit('agentRemove');
}

function adopt(agent, socket, options) {
  socket[kPlace] = { agent, options };
  put(agent.sockets, agent.getName(options), socket);
  agent.totalSocketCount++;
  for (const event in LISTENERS) socket.on(event, LISTENERS[event]);
  const { timeout } = agent.options;
  if (timeout) socket.setTimeout(timeout);
}

function forget(socket) {
  const { agent, options } = socket[kPlace];
  agent.totalSocketCount--;
  agent.removeSocket(socket, options);
}

// The number of seconds that a `Keep-Alive` field grants, or undefined.
function secondsOf(field) {
  for (const word of field.split(',')) {
    const [name, value] = word.split('=');
    const seconds = parseInt(value, 10);
    if (name.trim().toLowerCase() === 'timeout' && seconds >= 0) return seconds;
  }
  return undefined;
}

assign(Agent.prototype, {
  // Programs call it and put others in its place: what it does is net's.
  createConnection(...args) {
    return require('net').createConnection(...args);
  },

  getName({ host, port, localAddress, family, socketPath } = {}) {
    const name = `${host || 'localhost'}:${port || ''}:${localAddress || ''}`;
    const suffix = family === 4 || family === 6 ? `:${family}` : '';
    return socketPath ? `${name}${suffix}:${socketPath}` : name + suffix;
  },

  // Once host, port and address were given one by one.
  addRequest(request, options, port, localAddress) {
    const wish = wishOf(this, typeof options === 'string' ? { host: options, port, localAddress } : options);
    const name = this.getName(wish);
    const socket = takeFree(this, name);
    if (socket !== undefined) {
      socket.removeListener('error', dropSocket);
      put(this.sockets, name, socket);
      this.reuseSocket(socket, request);
      hand(this, request, socket);
    } else if (hasRoom(this, name)) {
      connect(this, request, wish);
    } else {
      request[kWish] = wish;
      put(this.requests, name, request);
    }
  },

  createSocket(request, options, callback) {
    const wish = wishOf(this, options);
    if (wish.host) wish.servername ||= serverName(wish.host, request.getHeader?.('host'));
    const { keepAlive, keepAliveMsecs: keepAliveInitialDelay } = this;
    assign(wish, { encoding: null, _agentKey: this.getName(wish) }, keepAlive && { keepAlive, keepAliveInitialDelay });
    obtain(this, this.createConnection, wish, (error, socket) => {
      if (!error && socket) adopt(this, socket, wish);
      callback(error, socket);
    });
  },

  removeSocket(socket, options) {
    const name = this.getName(options);
    strike(this.sockets, name, socket);
    // What cannot be written to is not free either.
    if (!socket.writable) strike(this.freeSockets, name, socket);
    admit(this, name);
  },

  keepSocketAlive(socket) {
    let milliseconds = this.options.timeout || 0;
    const field = socket._httpMessage?.res?.headers['keep-alive'];
    const seconds = field ? secondsOf(field) : undefined;
    if (seconds !== undefined) {
      // Some time before the server gives it up.
      const granted = seconds * 1000 - this.agentKeepAliveTimeoutBuffer;
      if (granted <= 0) return false;
      milliseconds = Math.min(milliseconds || granted, granted);
    }
    socket.unref();
    socket.setKeepAlive(true, this.keepAliveMsecs);
    if (socket.timeout !== milliseconds) socket.setTimeout(milliseconds);
    return true;
  },

  reuseSocket(socket, request) {
    request.reusedSocket = true;
    socket.ref();
  },

  destroy() {
    const all = [...Object.values(this.freeSockets), ...Object.values(this.sockets)];
    for (const socket of all.flat()) socket.destroy();
  },
});

let shared;

module.exports = {
  Agent,
  get globalAgent() {
    return shared ??= new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
  },
  set globalAgent(agent) { shared = agent; },
};
