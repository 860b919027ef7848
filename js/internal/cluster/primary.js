'use strict';

// The primary process of a cluster.

const EventEmitter = require('events');
const { fork } = require('child_process');
const { coded } = require('internal/errors');
const link = require('internal/cluster/link');
const Worker = require('internal/cluster/worker_class');

const { nextTick } = process;

const SCHED_NONE = 1;
const SCHED_RR = 2;
const POLICIES = { __proto__: null, none: SCHED_NONE, rr: SCHED_RR };

const cluster = new EventEmitter();
// The handles that workers listen on, by the key that they know them by.
const handles = new Map();
// Who waits for the last worker to be gone.
const lastGone = new EventEmitter();
let lastId = 0;
let isSetUp = false;
let policy;

Object.assign(cluster, {
  isWorker: false,
  isMaster: true,
  isPrimary: true,
  Worker,
  workers: {},
  settings: {},
  SCHED_NONE,
  SCHED_RR,
  schedulingPolicy: POLICIES[process.env.NODE_CLUSTER_SCHED_POLICY] ?? SCHED_RR,
});

cluster.setupPrimary = function(options) {
  const [, exec, ...args] = process.argv;
  const { execArgv } = process;
  const settings = { args, exec, execArgv, silent: false, ...cluster.settings, ...options };
  cluster.settings = settings;
  if (!isSetUp) decidePolicy();
  nextTick(() => cluster.emit('setup', settings));
};

// What the program sets later changes nothing any more.
function decidePolicy() {
  isSetUp = true;
  policy = cluster.schedulingPolicy;
  if (policy === SCHED_RR || policy === SCHED_NONE) return;
  throw coded('ERR_INTERNAL_ASSERTION', `Bad cluster.schedulingPolicy: ${policy}`);
}

cluster.setupMaster = cluster.setupPrimary;

function startProcess(id, env) {
  const { args, cwd, exec, execArgv, gid, serialization, silent, stdio, uid, windowsHide } = cluster.settings;
  return fork(exec, args, {
    cwd,
    env: { ...process.env, ...env, NODE_UNIQUE_ID: `${id}` },
    serialization,
    silent,
    windowsHide,
    execArgv: [...execArgv],
    stdio,
    gid,
    uid,
  });
}

cluster.fork = function(env) {
  cluster.setupPrimary();
  lastId += 1;
  const worker = new Worker({ id: lastId, process: startProcess(lastId, env) });
  worker.on('message', (message, handle) => cluster.emit('message', worker, message, handle));
  worker.process.once('exit', (code, signal) => exited(worker, code, signal));
  worker.process.once('disconnect', () => disconnected(worker));
  link.listen(worker.process, (message) => received(worker, message));
  nextTick(() => cluster.emit('fork', worker));
  cluster.workers[worker.id] = worker;
  return worker;
};

// A worker ends in two events that come in either order; after the second it is forgotten.

function exited(worker, code, signal) {
  const isSecond = !worker.isConnected();
  if (isSecond) releaseHandles(worker);
  ended(worker, { state: 'dead', isSecond }, 'exit', code, signal);
}

function disconnected(worker) {
  releaseHandles(worker);
  ended(worker, { state: 'disconnected', isSecond: worker.isDead() }, 'disconnect');
}

function ended(worker, { state, isSecond }, event, ...details) {
  if (isSecond) forget(worker);
  // Whether it was meant to end is known by now.
  Object.assign(worker, { exitedAfterDisconnect: Boolean(worker.exitedAfterDisconnect), state });
  tell(worker, event, ...details);
}

function forget(worker) {
  delete cluster.workers[worker.id];
  if (Object.keys(cluster.workers).length === 0) lastGone.emit('gone');
}

function releaseHandles(worker) {
  for (const key of [...handles.keys()]) release(worker, key);
}

// Whoever is the last on a handle takes it along.
function release(worker, key) {
  if (handles.get(key)?.remove(worker)) handles.delete(key);
}

cluster.disconnect = function(callback) {
  const workers = Object.values(cluster.workers);
  if (workers.length === 0) nextTick(() => lastGone.emit('gone'));
  for (const worker of workers) {
    if (worker.isConnected()) worker.disconnect();
  }
  if (typeof callback === 'function') lastGone.once('gone', callback);
};

Worker.prototype.disconnect = function() {
  this.exitedAfterDisconnect = true;
  link.send(this.process, { act: 'disconnect' });
  releaseHandles(this);
  forget(this);
  return this;
};

Worker.prototype.destroy = function(signal) {
  this.process.kill(signal || 'SIGTERM');
};

// What a worker asks for and tells.

function received(worker, message) {
  switch (message.act) {
    case 'online': return online(worker);
    case 'queryServer': return queryServer(worker, message);
    case 'listening': return listening(worker, message);
    case 'exitedAfterDisconnect':
      worker.exitedAfterDisconnect = true;
      return link.send(worker.process, { ack: message.seq });
    case 'close': return release(worker, message.key);
  }
}

function tell(worker, event, ...args) {
  worker.emit(event, ...args);
  cluster.emit(event, worker, ...args);
}

function online(worker) {
  worker.state = 'online';
  tell(worker, 'online');
}

function listening(worker, { addressType, address, port, fd }) {
  worker.state = 'listening';
  tell(worker, 'listening', { addressType, address, port, fd });
}

function queryServer(worker, message) {
  // A worker that is on its way out gets nothing any more.
  if (worker.exitedAfterDisconnect) return;
  const { address, port, addressType, fd, index, data, seq } = message;
  const key = `${address}:${port}:${addressType}:${fd}${port === 0 ? `:${index}` : ''}`;
  let handle = handles.get(key);
  if (handle?.has(worker)) {
    const errno = -require('os').constants.errno.EADDRINUSE;
    link.send(worker.process, { errno, key, ack: seq, data: handle.data });
    return;
  }
  if (handle === undefined) {
    handle = createHandle(key, message);
    handles.set(key, handle);
  }
  handle.data ||= data;
  handle.add(worker, (errno, about, shared) => {
    const known = handles.get(key);
    // Others may try again.
    if (errno) handles.delete(key);
    link.send(worker.process, { errno, key, ack: seq, data: known?.data, ...about }, shared);
  });
}

function createHandle(key, message) {
  const isDatagram = message.addressType === 'udp4' || message.addressType === 'udp6';
  const kind = policy === SCHED_RR && !isDatagram ? 'round_robin' : 'shared_handle';
  const Handle = require(`internal/cluster/${kind}`);
  return new Handle(key, shortestPath(message), message);
}

// A socket's path may have some 100 bytes: the relative one, if it is shorter.
function shortestPath({ address, port }) {
  if (!(port < 0) || typeof address !== 'string') return address;
  const relative = require('path').relative(process.cwd(), address);
  return relative.length <= address.length ? relative : address;
}

module.exports = cluster;
