'use strict';

// The class Worker: in the primary one of its workers, in a worker the process itself.
// How it disconnects and is destroyed, each side adds.

const EventEmitter = require('events');

function Worker(options) {
  return this instanceof Worker ? build(this, options) : new Worker(options);
}

function build(worker, options) {
  EventEmitter.call(worker);
  const { id, process: peer, state } = options !== null && typeof options === 'object' ? options : {};
  Object.assign(worker, { exitedAfterDisconnect: undefined, state: state || 'none', id: id | 0 });
  if (!peer) return;
  worker.process = peer;
  peer.on('error', (...told) => worker.emit('error', ...told));
  peer.on('message', (message, handle) => worker.emit('message', message, handle));
}
Object.setPrototypeOf(Worker.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Worker, EventEmitter);

Worker.prototype.kill = function(...how) {
  this.destroy(...how);
};

Worker.prototype.send = function(...message) {
  const { process: peer } = this;
  return peer.send(...message);
};

Worker.prototype.isDead = function() {
  const { exitCode, signalCode } = this.process;
  return (exitCode ?? signalCode ?? null) !== null;
};

Worker.prototype.isConnected = function() {
  const { connected } = this.process;
  return connected;
};

module.exports = Worker;
