'use strict';

// A worker process of a cluster.

const EventEmitter = require('events');
const link = require('internal/cluster/link');
const Worker = require('internal/cluster/worker_class');

const cluster = new EventEmitter();
// What this process listens on, by the primary's key: the handle, and who listens on it.
const listened = new Map();
// How often an address was asked for, and which of the numbers are in use.
const indexes = new Map();

// As long as a timer can wait: what keeps a server without a handle of its own alive.
const LONGEST = 2 ** 31 - 1;

Object.assign(cluster, { isWorker: true, isMaster: false, isPrimary: false, worker: null, Worker });

function send(message, answered) {
  return link.send(process, message, undefined, answered);
}

// Called once, before the program.
cluster._setupWorker = function() {
  const worker = new Worker({ id: process.env.NODE_UNIQUE_ID, process, state: 'online' });
  cluster.worker = worker;
  process.once('disconnect', () => {
    process.channel = null;
    worker.emit('disconnect');
    // The primary is gone, or has let go of this process without a word.
    if (!worker.exitedAfterDisconnect) process.exit(0);
  });
  link.listen(process, (message, handle) => {
    if (message.act === 'newconn') onConnection(message, handle);
    else if (message.act === 'disconnect') disconnect(worker, true);
  });
  send({ act: 'online' });
  delete process.env.NODE_UNIQUE_ID;
};

// The number of this request for an address: with port 0 each is another server.
function takeIndex(key) {
  let taken = indexes.get(key);
  if (taken === undefined) {
    taken = { next: 0, used: new Set() };
    indexes.set(key, taken);
  }
  const index = taken.next;
  taken.next += 1;
  taken.used.add(index);
  return index;
}

function freeIndex(key, index) {
  const taken = indexes.get(key);
  taken?.used.delete(index);
  if (taken?.used.size === 0) indexes.delete(key);
}

// Asks the primary for a handle to listen on, for a net.Server or dgram.Socket. The callback gets
// an error number or the handle.
cluster._getServer = function(owner, options, callback) {
  let { address } = options;
  if (options.port < 0 && typeof address === 'string') address = require('path').resolve(address);
  const indexKey = [address, options.port, options.addressType, options.fd].join(':');
  const index = takeIndex(indexKey);
  const query = { act: 'queryServer', index, data: null, ...options, address };
  if (owner._getServerData) query.data = owner._getServerData();
  send(query, (reply, handle) => {
    owner._setServerData?.(reply.data);
    const closed = () => {
      send({ act: 'close', key: reply.key });
      listened.delete(reply.key);
      freeIndex(indexKey, index);
    };
    if (reply.errno) {
      freeIndex(indexKey, index);
      return callback(reply.errno, null);
    }
    if (handle) return share(owner, reply, handle, closed, callback);
    stand(owner, reply, closed, callback);
  });
  owner.once('listening', () => {
    // It may have been closed before this came.
    if (!indexes.has(indexKey)) return;
    cluster.worker.state = 'listening';
    const port = owner.address()?.port || options.port;
    send({ ...query, act: 'listening', port });
  });
};

// The socket itself, which other workers have, too.
function share(owner, { key }, handle, closed, callback) {
  const { close } = handle;
  handle.close = function() {
    closed();
    handle.close = close;
    return Reflect.apply(close, handle, arguments);
  };
  listened.set(key, { handle, owner });
  callback(0, handle);
}

// Something that looks like a handle: the primary accepts, and sends the connections.
function stand(owner, { key, sockname }, closed, callback) {
  let isOpen = true;
  let keeper = null;
  const handle = {
    listen() { return 0; },
    ref() { keeper ??= setInterval(() => {}, LONGEST); },
    unref() {
      clearInterval(keeper);
      keeper = null;
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      handle.unref();
      closed();
    },
  };
  if (sockname) {
    handle.getsockname = (out) => {
      if (isOpen) Object.assign(out, sockname);
      return 0;
    };
  }
  handle.ref();
  listened.set(key, { handle, owner });
  callback(0, handle);
}

// A connection from the primary. Between the closing of a server and the primary's knowing it,
// connections may come; they go back.
function onConnection({ key, seq }, connection) {
  const listening = listened.get(key);
  const accepted = listening !== undefined && !isFull(listening.owner);
  send({ ack: seq, accepted });
  if (accepted) listening.handle.onconnection(0, connection);
  else connection?.close();
}

function isFull({ dropMaxConnection, maxConnections, _connections }) {
  return !dropMaxConnection && maxConnections !== undefined && maxConnections !== null && _connections >= maxConnections;
}

// Closes all that this process listens on, and then the channel. The primary must know before
// that this is no accident, unless it has asked for it.
function disconnect(worker, isAsked) {
  worker.exitedAfterDisconnect = true;
  let waiting = 1;
  const done = () => {
    waiting -= 1;
    if (waiting > 0) return;
    if (isAsked) process.disconnect();
    else leave();
  };
  const all = [...listened.values()];
  listened.clear();
  for (const { owner } of all) {
    waiting += 1;
    owner.close(done);
  }
  done();
}

function leave() {
  send({ act: 'exitedAfterDisconnect' }, () => process.disconnect());
}

Worker.prototype.disconnect = function() {
  const isLeaving = this.state === 'destroying' || this.state === 'disconnecting';
  if (isLeaving) return this;
  this.state = 'disconnecting';
  disconnect(this, false);
  return this;
};

Worker.prototype.destroy = function() {
  if (this.state !== 'destroying') endProcess(this);
};

// Nothing is closed in order; but the primary gets to know that it was meant.
function endProcess(worker) {
  const exit = () => process.exit(0);
  worker.exitedAfterDisconnect = true;
  if (!worker.isConnected()) exit();
  process.once('disconnect', exit);
  worker.state = 'destroying';
  leave();
}

module.exports = cluster;
