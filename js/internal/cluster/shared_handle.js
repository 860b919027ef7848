'use strict';

// A socket that every worker gets itself: each accepts or receives on it.

const { errno } = require('os').constants;
const { UDP, kindOf } = require('internal/dgram');

// A bound UDP handle, or the number of the error.
function createDatagramHandle(address, port, addressType, fd, flags) {
  const handle = new UDP();
  let status;
  if (fd > 0) {
    status = kindOf(fd) === 'UDP' ? handle.open(fd) : -errno.EINVAL;
  } else {
    status = addressType === 'udp6' ? handle.bind6(address, port || 0, flags) : handle.bind(address, port || 0, flags);
  }
  if (status === 0) return handle;
  handle.close();
  return status;
}

class SharedHandle {
  #workers = new Set();
  #handle = null;
  #errno = 0;

  constructor(key, address, { port, addressType, fd, flags }) {
    this.key = key;
    const isDatagram = addressType === 'udp4' || addressType === 'udp6';
    const create = isDatagram ? createDatagramHandle : require('net')._createServerHandle;
    const created = create(address, port, addressType, fd, flags);
    if (typeof created === 'number') this.#errno = created;
    else this.#handle = created;
  }

  has(worker) {
    return this.#workers.has(worker.id);
  }

  add(worker, reply) {
    this.#workers.add(worker.id);
    reply(this.#errno, null, this.#handle);
  }

  // True once nobody has the socket any more: it is closed then.
  remove(worker) {
    if (!this.#workers.delete(worker.id) || this.#workers.size > 0) return false;
    this.#handle?.close();
    this.#handle = null;
    return true;
  }
}

module.exports = SharedHandle;
