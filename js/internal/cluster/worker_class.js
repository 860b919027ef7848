'use strict';

// The class Worker: in the primary one of its workers, in a worker the process itself.
// How it disconnects and is destroyed, each side adds.

const EventEmitter = require('events');

function Worker(options) {
  if (!(this instanceof Worker)) return new Worker(options);
  EventEmitter.call(this);
  const { id, process: peer, state } = options !== null && typeof options === 'object' ? options : {};
  this.exitedAfterDisconnect = undefined;
  this.state = state || 'none';
  this.id = id | 0;
  if (!peer) return;
  this.process = peer;
  peer.on('error', (...args) => this.emit('error', ...args));
  peer.on('message', (message, handle) => this.emit('message', message, handle));
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
