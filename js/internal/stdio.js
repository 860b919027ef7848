'use strict';

// process.stdout and process.stderr become what they are once a program does more with them than write:
// a net.Socket where they are a pipe or a socket, a tty.WriteStream where they are a terminal, else a stream
// of the file. What is written has left the program when `write` returns. They outlive who destroys them.

const { Writable } = require('internal/streams/writable');

const process = require('process');

const { ownKeys } = Reflect;

// A file, or a device that is none of the others. It is not ours to close.
function SyncWriteStream(fd) {
  Writable.call(this, { decodeStrings: false });
  this.fd = fd;
  this.readable = false;
  this.autoClose = false;
}
Object.setPrototypeOf(SyncWriteStream.prototype, Writable.prototype);
Object.setPrototypeOf(SyncWriteStream, Writable);

SyncWriteStream.prototype._write = function(chunk, encoding, callback) {
  try {
    native.write(this.fd, bytesOf(chunk, encoding));
  } catch (error) {
    callback(error);
    return;
  }
  callback();
};

SyncWriteStream.prototype.destroySoon = SyncWriteStream.prototype.destroy;

// Text that is UTF-8 already stays text.
function bytesOf(chunk, encoding) {
  if (typeof chunk !== 'string' || encoding === 'utf8' || encoding === 'utf-8') return chunk;
  return require('buffer').Buffer.from(chunk, encoding);
}

const makers = {
  tty(stream, fd) {
    const { WriteStream } = require('tty');
    Object.setPrototypeOf(stream, WriteStream.prototype);
    WriteStream.call(stream, fd);
    stream._handle.unref();
    process.on('SIGWINCH', () => stream._refreshSize());
  },

  pipe(stream, fd) {
    const { Socket } = require('internal/net/socket');
    Object.setPrototypeOf(stream, Socket.prototype);
    Socket.call(stream, { fd, readable: false, writable: true });
    stream._handle.unref();
  },

  fs(stream, fd) {
    Object.setPrototypeOf(stream, SyncWriteStream.prototype);
    SyncWriteStream.call(stream, fd);
  },
};

function make(stream, type, fd) {
  try {
    makers[type](stream, fd);
  } catch {
    // A terminal that is gone, a descriptor that was closed: the writes will say so.
    makers.fs(stream, fd);
  }
}

function outlive(error, callback) {
  callback(error);
  this._undestroy();
  if (!this._writableState.emitClose) process.nextTick(() => this.emit('close'));
}

// Makes the object, which could only write and be listened to, the stream that it is.
function become(stream, type, fd) {
  const { _events: events } = stream;
  stream._events = undefined;
  make(stream, type, fd);
  stream.fd = fd;
  stream.destroySoon = stream.destroy;
  stream._destroy = outlive;
  for (const name of ownKeys(events)) {
    const listeners = events[name];
    if (typeof listeners === 'function') stream.on(name, listeners);
    else for (const listener of listeners ?? []) stream.on(name, listener);
  }
}

module.exports = { become };
