'use strict';

// http.Agent: sockets that are kept for the next request to the same place, and requests that wait for one.

const { nextTick } = require('process');
const EventEmitter = require('events');
const { coded, invalidArgValue, outOfRange } = require('internal/errors');

const { assign, setPrototypeOf } = Object;

function Agent(options) {
  if (!(this instanceof Agent)) return new Agent(options);
  EventEmitter.call(this);
  this.options = { __proto__: null, ...options };
  this.defaultPort = this.options.defaultPort || 80;
  this.protocol = this.options.protocol || 'http:';
  if (this.options.noDelay === undefined) this.options.noDelay = true;
  // The path of a request is none of the connection's.
  this.options.path = null;
  this.requests = { __proto__: null };
  this.sockets = { __proto__: null };
  this.freeSockets = { __proto__: null };
  this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
  this.keepAlive = this.options.keepAlive || false;
  this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
  this.maxFreeSockets = this.options.maxFreeSockets || 256;
  this.scheduling = this.options.scheduling || 'lifo';
  this.maxTotalSockets = this.options.maxTotalSockets;
  this.totalSocketCount = 0;
  const { agentKeepAliveTimeoutBuffer: buffer } = this.options;
  this.agentKeepAliveTimeoutBuffer = Number.isFinite(buffer) && buffer >= 0 ? buffer : 1000;
  if (this.scheduling !== 'fifo' && this.scheduling !== 'lifo') {
    throw invalidArgValue('scheduling', this.scheduling, "must be one of: 'fifo', 'lifo'");
  }
  if (this.maxTotalSockets === undefined) {
    this.maxTotalSockets = Infinity;
  } else {
    const { validateNumber } = require('internal/validate');
    validateNumber(this.maxTotalSockets, 'maxTotalSockets');
    if (!(this.maxTotalSockets >= 1)) throw outOfRange('maxTotalSockets', '>= 1', this.maxTotalSockets);
  }
  this.on('free', (socket, options) => onFree(this, socket, options));
}

setPrototypeOf(Agent.prototype, EventEmitter.prototype);
setPrototypeOf(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

// A socket that nobody uses any more.
function onFree(agent, socket, options) {
  const name = agent.getName(options);
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const requests = agent.requests[name];
  if (requests?.length > 0) {
    const request = requests.shift();
    const { reuse } = request;
    delete request.reuse;
    serve(agent, request, socket, reuse);
    if (requests.length === 0) delete agent.requests[name];
    return;
  }
  const request = socket._httpMessage;
  if (request && request.shouldKeepAlive === false) {
    socket.destroy();
    return;
  }
  if (!agent.keepAlive) {
    socket.destroy();
    return;
  }
  const free = agent.freeSockets[name] ?? [];
  const isFull = agent.totalSocketCount > agent.maxTotalSockets ||
    (agent.sockets[name]?.length ?? 0) + free.length > agent.maxSockets ||
    free.length >= agent.maxFreeSockets;
  if (isFull || !agent.keepSocketAlive(socket)) {
    socket.destroy();
    return;
  }
  agent.freeSockets[name] = free;
  socket._httpMessage = null;
  agent.removeSocket(socket, options);
  socket.once('error', onFreeSocketError);
  free.push(socket);
}

function onFreeSocketError() {
  this.destroy();
  this.emit('agentRemove');
}

function serve(agent, request, socket, isReused) {
  request.reusedSocket = Boolean(isReused);
  const timeout = request.timeout || agent.options.timeout || undefined;
  if (timeout && socket.timeout !== timeout) socket.setTimeout(timeout);
  else if (!timeout && socket.timeout) socket.setTimeout(0);
  request.onSocket(socket);
}

// The options that a connection is made with.
function connectionOptions(agent, request, options) {
  const all = { __proto__: null, ...options, ...agent.options };
  if (options.socketPath) all.path = options.socketPath;
  if (all.host && !all.servername && typeof request.getHeader === 'function') {
    all.servername = serverName(all.host, request.getHeader('host'));
  }
  return all;
}

function serverName(host, field) {
  if (typeof field !== 'string' || field === '') return host;
  const match = /^\[([^\]]*)\]|^([^:]*)/.exec(field);
  return match[1] ?? match[2] ?? host;
}

assign(Agent.prototype, {
  createConnection(...args) { return require('net').createConnection(...args); },

  getName(options = {}) {
    let name = `${options.host || 'localhost'}:`;
    if (options.port) name += options.port;
    name += ':';
    if (options.localAddress) name += options.localAddress;
    if (options.family === 4 || options.family === 6) name += `:${options.family}`;
    if (options.socketPath) name += `:${options.socketPath}`;
    return name;
  },

  addRequest(request, options, port, localAddress) {
    // An old form: host and port one by one.
    if (typeof options === 'string') options = { __proto__: null, host: options, port, localAddress };
    options = connectionOptions(this, request, options);
    const name = this.getName(options);
    this.sockets[name] ??= [];
    const free = this.freeSockets[name];
    let socket;
    if (free) {
      while (free.length > 0 && free[0].destroyed) free.shift();
      socket = this.scheduling === 'fifo' ? free.shift() : free.pop();
      if (free.length === 0) delete this.freeSockets[name];
    }
    const count = (free?.length ?? 0) + this.sockets[name].length;
    if (socket) {
      socket.removeListener('error', onFreeSocketError);
      this.reuseSocket(socket, request);
      serve(this, request, socket, true);
      this.sockets[name].push(socket);
    } else if (count < this.maxSockets && this.totalSocketCount < this.maxTotalSockets) {
      this.createSocket(request, options, (error, made) => {
        if (error) request.onSocket(made, error);
        else serve(this, request, made, false);
      });
    } else {
      // It waits for one that gets free.
      this.requests[name] ??= [];
      request.waitsFor = options;
      this.requests[name].push(request);
    }
  },

  createSocket(request, options, callback) {
    options = connectionOptions(this, request, options);
    const name = this.getName(options);
    options._agentKey = name;
    options.encoding = null;
    let isDone = false;
    const done = (error, socket) => {
      if (isDone) return;
      isDone = true;
      if (!error && socket) {
        this.sockets[name] ??= [];
        this.sockets[name].push(socket);
        this.totalSocketCount++;
        install(this, request, socket, options);
      }
      callback(error, socket);
    };
    // What a timer of the request's is to be is not the connection's attempt's.
    if (this.keepAlive) {
      options.keepAlive = this.keepAlive;
      options.keepAliveInitialDelay = this.keepAliveMsecs;
    }
    const socket = this.createConnection(options, done);
    if (socket) done(null, socket);
  },

  removeSocket(socket, options) {
    const name = this.getName(options);
    const lists = [this.sockets];
    // A socket that is closed is neither in use nor free.
    if (!socket.writable) lists.push(this.freeSockets);
    for (const list of lists) {
      const index = list[name]?.indexOf(socket) ?? -1;
      if (index === -1) continue;
      list[name].splice(index, 1);
      if (list[name].length === 0) delete list[name];
    }
    serveNext(this, name, options);
  },

  keepSocketAlive(socket) {
    socket.setKeepAlive(true, this.keepAliveMsecs);
    socket.unref();
    let timeout = this.options.timeout || 0;
    const hint = socket._httpMessage?.res?.headers['keep-alive'];
    const match = hint && /^timeout=(\d+)/.exec(hint);
    if (match) {
      // Some time before the server gives it up.
      const limit = Number(match[1]) * 1000 - this.agentKeepAliveTimeoutBuffer;
      if (limit <= 0) return false;
      if (timeout === 0 || limit < timeout) timeout = limit;
    }
    if (socket.timeout !== timeout) socket.setTimeout(timeout);
    return true;
  },

  reuseSocket(socket, request) {
    request.reusedSocket = true;
    socket.ref();
  },

  destroy() {
    for (const list of [this.freeSockets, this.sockets]) {
      for (const name of Object.keys(list)) {
        for (const socket of [...list[name]]) socket.destroy();
      }
    }
  },
});

// Somebody waits: a socket is made in the place of the one that is gone.
function serveNext(agent, name, options) {
  let waiting = agent.requests[name]?.length > 0 ? name : undefined;
  if (waiting === undefined) {
    // Somebody who wants to go elsewhere, and waits for the sum of all sockets.
    const [other] = Object.keys(agent.requests);
    if (other === undefined || agent.sockets[other]?.length > 0) return;
    waiting = other;
  }
  const request = agent.requests[waiting].shift();
  if (agent.requests[waiting].length === 0) delete agent.requests[waiting];
  agent.createSocket(request, request.waitsFor ?? options, (error, socket) => {
    if (error) request.onSocket(socket, error);
    else serve(agent, request, socket, false);
  });
}

// What the agent hears of a socket of its own.
function install(agent, request, socket, options) {
  const onSocketFree = () => agent.emit('free', socket, options);
  const onClose = () => {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
  };
  const onTimeout = () => {
    // Only of one that is free: the time of one in use is its request's.
    for (const name of Object.keys(agent.freeSockets)) {
      if (agent.freeSockets[name].includes(socket)) {
        socket.destroy();
        return;
      }
    }
  };
  const onRemove = () => {
    agent.totalSocketCount--;
    agent.removeSocket(socket, options);
    socket.removeListener('close', onClose);
    socket.removeListener('free', onSocketFree);
    socket.removeListener('timeout', onTimeout);
    socket.removeListener('agentRemove', onRemove);
  };
  socket.on('free', onSocketFree);
  socket.on('close', onClose);
  socket.on('timeout', onTimeout);
  socket.on('agentRemove', onRemove);
  if (agent.options.timeout) socket.setTimeout(agent.options.timeout);
}

let shared;

module.exports = {
  Agent,
  get globalAgent() {
    return shared ??= new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000 });
  },
  set globalAgent(agent) { shared = agent; },
};
