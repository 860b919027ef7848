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
  return this instanceof ReadStream ? makeInput(this, fd, options) : new ReadStream(fd, options);
}

function makeInput(stream, fd, options) {
  net.Socket.call(stream, { readableHighWaterMark: 0, handle: open(fd), manualStart: true, ...options });
  stream.isRaw = false;
  stream.isTTY = true;
}

Object.setPrototypeOf(ReadStream.prototype, net.Socket.prototype);
Object.setPrototypeOf(ReadStream, net.Socket);

ReadStream.prototype.setRawMode = function setRawMode(flag) {
  const isRaw = Boolean(flag);
  const status = this._handle?.setRawMode(isRaw);
  if (!status) this.isRaw = isRaw;
  else this.emit('error', errnoException(status, 'setRawMode'));
  return this;
};

function WriteStream(fd) {
  return this instanceof WriteStream ? makeOutput(this, fd) : new WriteStream(fd);
}

function makeOutput(stream, fd) {
  const handle = open(fd);
  net.Socket.call(stream, { handle, manualStart: true });
  // What several processes write to one terminal comes in its order.
  handle.setBlocking(true);
  const size = [0, 0];
  if (!handle.getWindowSize(size)) [stream.columns, stream.rows] = size;
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
