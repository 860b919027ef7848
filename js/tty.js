'use strict';

// Terminals as streams.

const net = require('net');
const { TTY } = require('internal/handles');
const { coded, errnoException } = require('internal/errors');
const { furnish } = require('internal/terminal');

function isatty(fd) {
  return Number.isInteger(fd) && fd >= 0 && fd <= 0x7fffffff && TTY.isTTY(fd);
}

function open(fd) {
  if (fd >> 0 !== fd || fd < 0) {
    throw coded('ERR_INVALID_FD', `"fd" must be a positive integer: ${fd}`);
  }
  const problem = {};
  const handle = new TTY(fd, problem);
  if (problem.code === undefined) return handle;
  const { errno, code, message, syscall } = problem;
  const error = coded('ERR_TTY_INIT_FAILED', `TTY initialization failed: ${syscall} returned ${code} (${message})`);
  error.name = 'SystemError';
  error.info = { errno, code, message, syscall };
  error.errno = errno;
  error.syscall = syscall;
  throw error;
}

function ReadStream(fd, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(fd, options);
  const handle = open(fd);
  net.Socket.call(this, { readableHighWaterMark: 0, handle, manualStart: true, ...options });
  this.isRaw = false;
  this.isTTY = true;
}

Object.setPrototypeOf(ReadStream.prototype, net.Socket.prototype);
Object.setPrototypeOf(ReadStream, net.Socket);

ReadStream.prototype.setRawMode = function setRawMode(flag) {
  flag = !!flag;
  const status = this._handle?.setRawMode(flag);
  if (status) {
    this.emit('error', errnoException(status, 'setRawMode'));
    return this;
  }
  this.isRaw = flag;
  return this;
};

function WriteStream(fd) {
  if (!(this instanceof WriteStream)) return new WriteStream(fd);
  const handle = open(fd);
  net.Socket.call(this, { handle, manualStart: true });
  // What several processes write to one terminal comes in its order.
  this._handle.setBlocking(true);
  const size = [0, 0];
  if (!this._handle.getWindowSize(size)) [this.columns, this.rows] = size;
}

Object.setPrototypeOf(WriteStream.prototype, net.Socket.prototype);
Object.setPrototypeOf(WriteStream, net.Socket);
WriteStream.prototype.isTTY = true;
furnish(WriteStream.prototype);

WriteStream.prototype._refreshSize = function _refreshSize() {
  const { columns, rows } = this;
  const size = [0, 0];
  const status = this._handle.getWindowSize(size);
  if (status) {
    this.emit('error', errnoException(status, 'getWindowSize'));
    return;
  }
  if (size[0] === columns && size[1] === rows) return;
  [this.columns, this.rows] = size;
  this.emit('resize');
};

module.exports = { isatty, ReadStream, WriteStream };
