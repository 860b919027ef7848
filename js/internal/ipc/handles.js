'use strict';

// Servers, datagram sockets and unusual sockets on their way between two processes: what a program sends is
// taken apart to its handle here, and what arrives is put together. Usual sockets never come here.

const EventEmitter = require('events');
const net = require('net');

// What the peer is told that an object is; undefined for what cannot be sent. Handles themselves never
// come here.
function typeOf(given) {
  if (given instanceof net.Socket) return 'net.Socket';
  if (given instanceof net.Server) return 'net.Server';
  if (given instanceof require('dgram').Socket) return 'dgram.Socket';
  return undefined;
}

// The handle of an object that has its turn, and what the peer has to know of it. Of a socket that is
// not kept open nothing but its handle is left to us.
function take(link, given, type, keepOpen) {
  switch (type) {
    case 'net.Socket': return takeSocket(link, given, keepOpen);
    case 'net.Server': return { handle: given._handle };
    default: return { handle: native.datagramHandle(given), dgramType: given.type };
  }
}

function takeSocket(link, socket, keepOpen) {
  const { _handle: handle, server } = socket;
  if (!handle) return { handle: null };
  let key;
  if (server) {
    key = server._connectionKey;
    setUpWorker(link, key, server);
  }
  if (!keepOpen) {
    detach(socket, handle);
    if (server) server._connections--;
  }
  return { handle, key };
}

function nothing() {}

// What comes in from now on is the receiver's.
function detach(socket, handle) {
  handle.readStop();
  handle.onread = nothing;
  socket._handle = null;
  socket.setTimeout(0);
}

// A socket that did not leave this process is the program's again.
function giveBack(socket, handle) {
  if (socket.destroyed || socket._handle) {
    handle.close();
    return;
  }
  socket._handle = handle;
  require('internal/net/socket').initHandle(socket);
  if (socket.server) socket.server._connections++;
  if (socket.readableFlowing) socket.read(0);
}

// Makes what the program gets of the handle of a server or a datagram socket that came, and hands it to
// `emit`; `fail` is told why there is nothing to hand over.
function receive({ type, dgramType }, handle, emit, fail) {
  switch (type) {
    case 'net.Server':
      begin(new net.Server(), 'listen', handle, emit, fail);
      break;
    case 'dgram.Socket':
      begin(new (require('dgram').Socket)(dgramType), 'bind', handle, emit, fail);
  }
}

function begin(object, method, handle, emit, fail) {
  object.once('error', fail);
  object[method](handle, () => {
    object.removeListener('error', fail);
    emit(object);
  });
}

// The connections of one server that were sent through one channel.
class SocketList extends EventEmitter {
  #link;

  constructor(link, key) {
    super();
    this.#link = link;
    this.key = key;
    link.target.once('exit', () => this.emit('exit', this));
  }

  getConnections(callback) {
    this.#link.askCount(this.key, callback);
  }

  close(callback) {
    this.#link.askClose(this.key, callback);
  }
}

const lists = new WeakMap();

function setUpWorker(link, key, server) {
  if (!lists.has(link)) lists.set(link, new Map());
  const known = lists.get(link);
  if (known.has(key)) return;
  const list = new SocketList(link, key);
  known.set(key, list);
  server._setupWorker(list);
}

module.exports = { giveBack, receive, setUpWorker, take, typeOf };
