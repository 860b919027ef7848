'use strict';

// What few sockets do: the native half calls these, with a socket that is still connecting, a handle that is none
// of ours, a buffer of the program's, or a call of the system that has failed.

const { nextTick } = require('process');
const { coded, errnoException } = require('internal/errors');
const { kBuffer, kBufferCb, kBufferGen, kBytesRead, kBytesWritten, kTimeout } = require('internal/net/core');

const ENOTCONN = -107;

function nop() {}

// A read into a buffer of the program's, or one that failed.
function onUnusualRead(socket, handle, status) {
  if (status < 0) socket.destroy(errnoException(status, 'read'));
  else if (!socket.destroyed && !toCallback(socket, handle, status)) stopReading(socket, handle);
}

function toCallback(socket, handle, count) {
  const wantsMore = socket[kBufferCb](count, socket[kBuffer]) !== false;
  const next = socket[kBufferGen]?.();
  if (next instanceof Uint8Array) {
    socket[kBuffer] = next;
    handle.useUserBuffer(next);
  }
  return wantsMore;
}

function failReading(socket, status) {
  socket.destroy(errnoException(status, 'read'));
}

function readWhenConnected(socket) {
  socket.once('connect', () => socket._read());
}

function stopReading(socket, handle) {
  handle.reading = false;
  if (socket.destroyed) return;
  const status = handle.readStop();
  if (status) socket.destroy(errnoException(status, 'read'));
}

function failWriting(status, callback) {
  callback(errnoException(status, 'write'));
}

// To a handle that is none of ours.
function writeElsewhere(socket, isMany, data, encoding, callback) {
  const handle = socket._handle;
  const afterWrite = (status) => {
    if (status < 0 && !socket.destroyed) failWriting(status, callback);
    else callback(null);
  };
  const status = isMany ? handle.writeMany(data, afterWrite) : handle.write(data, encoding, afterWrite);
  if (status === 0) callback();
  else if (status < 0) failWriting(status, callback);
}

function writeWhenConnected(socket, isMany, data, encoding, callback) {
  socket._pendingData = data;
  socket._pendingEncoding = encoding;
  const onClose = () => {
    callback(coded('ERR_SOCKET_CLOSED_BEFORE_CONNECTION', 'Socket closed before the connection was established'));
  };
  socket.once('connect', () => {
    socket.off('close', onClose);
    socket._writeGeneric(isMany, data, encoding, callback);
  });
  socket.once('close', onClose);
  return false;
}

function endedBefore(status, callback) {
  if (status === ENOTCONN) callback();
  else callback(errnoException(status, 'shutdown'));
}

function finishElsewhere(socket, callback) {
  if (socket.connecting) {
    socket.once('connect', () => socket._final(callback));
    return;
  }
  if (!socket._handle) {
    callback();
    return;
  }
  const status = socket._handle.shutdown(() => callback());
  if (status) endedBefore(status, callback);
}

// The end of a socket with a timeout, without a handle, by a reset …
function destroyElsewhere(socket, error, callback) {
  socket.connecting = false;
  for (let timed = socket; timed !== null && timed !== undefined; timed = timed._parent) {
    if (timed[kTimeout]) require('timers').clearTimeout(timed[kTimeout]);
  }
  const isException = Boolean(error);
  if (socket._handle) {
    socket[kBytesRead] = socket._handle.bytesRead;
    socket[kBytesWritten] = socket._handle.bytesWritten;
    if (socket.resetAndClosing) {
      socket.resetAndClosing = false;
      const status = socket._handle.reset(() => socket.emit('close', isException));
      if (status) socket.emit('error', errnoException(status, 'reset'));
    } else if (socket._closeAfterHandlingError) {
      queueMicrotask(() => closeHandle(socket, isException, true));
    } else {
      closeHandle(socket, isException, false);
    }
    if (!socket._closeAfterHandlingError) forgetHandle(socket);
    callback(error);
  } else {
    callback(error);
    nextTick(emitClose, socket);
  }
  if (socket._server) {
    socket._server._connections--;
    socket._server._emitCloseIfDrained?.();
  }
}

function closeHandle(socket, isException, isLate) {
  socket._handle?.close(() => {
    socket.emit('close', isException);
    if (isLate) forgetHandle(socket);
  });
}

function forgetHandle(socket) {
  socket._handle.onread = nop;
  socket._handle = null;
  socket._sockname = null;
}

function emitClose(socket) {
  socket.emit('close', false);
}

module.exports = {
  destroyElsewhere, endedBefore, failReading, failWriting, finishElsewhere, onUnusualRead,
  readWhenConnected, stopReading, writeElsewhere, writeWhenConnected,
};
