'use strict';

// A server in the primary, which accepts, and hands each connection to the worker that has waited
// longest.

const net = require('net');
const link = require('internal/cluster/link');

// The flag of libuv's that net has for `ipv6Only`.
const IPV6_ONLY = 1;

class RoundRobin {
  #workers = new Map();
  // Those that wait for a connection, and the connections that wait for a worker.
  #idle = new Map();
  #connections = [];
  #server;
  #handle = null;

  constructor(key, address, options) {
    this.key = key;
    this.#server = net.createServer();
    this.#server.listen(listenOptions(address, options));
    this.#server.once('listening', () => this.#takeHandle());
  }

  // The handle is ours from now on: the server would make sockets of what it accepts.
  #takeHandle() {
    this.#handle = this.#server._handle;
    this.#handle.onconnection = (status, connection) => this.#accepted(status, connection);
    this.#server._handle = null;
    this.#server = null;
  }

  has(worker) {
    return this.#workers.has(worker.id);
  }

  add(worker, reply) {
    this.#workers.set(worker.id, worker);
    if (this.#server === null) return this.#serve(worker, reply);
    this.#server.once('listening', () => this.#serve(worker, reply));
    this.#server.once('error', (error) => reply(error.errno, null));
  }

  #serve(worker, reply) {
    let about = null;
    if (this.#handle?.getsockname) {
      about = { sockname: {} };
      this.#handle.getsockname(about.sockname);
    }
    reply(null, about, null);
    this.#handOver(worker);
  }

  // True once no worker listens any more: the server is closed then.
  remove(worker) {
    if (!this.#workers.delete(worker.id)) return false;
    this.#idle.delete(worker.id);
    if (this.#workers.size > 0) return false;
    for (const connection of this.#connections) connection.close();
    this.#connections = [];
    this.#handle?.close();
    this.#handle = null;
    return true;
  }

  #accepted(status, connection) {
    if (status) return;
    this.#connections.push(connection);
    for (const [id, worker] of this.#idle) {
      this.#idle.delete(id);
      return this.#handOver(worker);
    }
  }

  // Gives a worker the next connection; without one it waits.
  #handOver(worker) {
    if (!this.#workers.has(worker.id)) return;
    const connection = this.#connections.shift();
    if (connection === undefined) {
      this.#idle.set(worker.id, worker);
      return;
    }
    link.send(worker.process, { act: 'newconn', key: this.key }, connection, ({ accepted }) => {
      // One that does not take it is about to close: the next one gets it.
      if (accepted) connection.close();
      else this.#accepted(0, connection);
      this.#handOver(worker);
    });
  }
}

function listenOptions(address, { port, fd, flags, backlog, readableAll, writableAll }) {
  if (fd >= 0) return { fd, backlog };
  if (port >= 0) return { port, host: address, ipv6Only: Boolean(flags & IPV6_ONLY), backlog };
  return { path: address, backlog, readableAll, writableAll };
}

module.exports = RoundRobin;
