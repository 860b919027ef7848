'use strict';

// net.Socket over a handle: reading, writing, ending, timeouts. What is done by every socket is native; connecting
// and what few sockets do are rooms of their own.

const { Duplex } = require('internal/streams/duplex');
const { Buffer } = require('buffer');
const { nextTick } = require('process');
const { coded, errnoException, invalidArgType, invalidArgValue } = require('internal/errors');
const { checkedBlockList } = require('internal/net/arguments');
const { TCP, Pipe, SOCKET, SERVER, guessHandleType, ownerSymbol } = require('internal/handles');
const {
  _destroy, _final, _read, _write, _writeGeneric, _writev, adopt, create, onRead, pause, read, refuseWrites,
  resume,
  kBuffer, kBufferCb, kBufferGen, kBytesRead, kBytesWritten, kLastWriteQueueSize, kSetKeepAlive,
  kSetKeepAliveInitialDelay, kSetNoDelay, kSetTOS, kTimeout,
} = require('internal/net/core');

const { isInteger } = Number;
const { assign, getOwnPropertyDescriptor, getOwnPropertyNames, defineProperty, setPrototypeOf } = Object;

// What an instance has before it is a stream, and what it has after that.
const BORN = {
  connecting: false, _hadError: false, _handle: null, _parent: null, _host: null, _closeAfterHandlingError: false,
  [kLastWriteQueueSize]: 0, [kTimeout]: null, [kBuffer]: null, [kBufferCb]: null, [kBufferGen]: null,
};
const IDLE = {
  _pendingData: null, _pendingEncoding: '', server: null, _server: null, [kBytesRead]: 0, [kBytesWritten]: 0,
};
const OBJECT_MODES = ['objectMode', 'readableObjectMode', 'writableObjectMode'];
// The 'close' of a socket comes when its handle is closed, not when the stream is.
const STREAM = { autoDestroy: true, decodeStrings: false, emitClose: false };

function Socket(options) {
  const isPlainCall = !(this instanceof Socket);
  const made = isPlainCall ? new Socket(options) : new.target && create(new.target, options);
  if (made !== undefined) return made;
  const settings = decode(options);
  const { blockList, fd, handle, onread, readable } = settings;
  assign(this, BORN);
  Duplex.call(this, settings);
  if (handle || fd !== undefined) this._handle = handle || openHandle(fd);
  if (onread) adoptOnRead(this, onread);
  keepForConnect(this, settings);
  this.on('end', refuseWrites);
  initHandle(this);
  assign(this, IDLE);
  if (readable !== false && this._handle) startReading(this, settings);
  if (blockList) this.blockList = checkedBlockList(blockList);
}

// The program's options, and what the stream is to be told besides.
function decode(given) {
  for (const mode of OBJECT_MODES) {
    if (given?.[mode]) throw invalidArgValue(`options.${mode}`, given[mode], 'is not supported');
  }
  const isDescriptor = typeof given === 'number';
  const settings = { __proto__: null, ...(isDescriptor ? { fd: given } : given), ...STREAM };
  settings.allowHalfOpen = Boolean(settings.allowHalfOpen);
  const delay = settings.keepAliveInitialDelay;
  if (delay !== undefined) {
    require('internal/validate').validateNumber(delay, 'options.keepAliveInitialDelay');
    if (delay < 0) settings.keepAliveInitialDelay = 0;
  }
  return settings;
}

// What the handle is told when the socket connects.
function keepForConnect(socket, { keepAlive, keepAliveInitialDelay, noDelay, typeOfService }) {
  assign(socket, {
    [kSetNoDelay]: Boolean(noDelay),
    [kSetKeepAlive]: Boolean(keepAlive),
    [kSetKeepAliveInitialDelay]: ~~(keepAliveInitialDelay / 1000),
  });
  if (typeOfService === undefined) return;
  socket[kSetTOS] = checkTypeOfService(typeOfService, 'options.typeOfService');
}

function startReading(socket, { manualStart, pauseOnCreate }) {
  if (!pauseOnCreate) {
    if (!manualStart) socket.read(0);
    return;
  }
  const { _handle: handle } = socket;
  handle.reading = false;
  handle.readStop();
  socket.readableFlowing = false;
}

setPrototypeOf(Socket.prototype, Duplex.prototype);
setPrototypeOf(Socket, Duplex);

// A handle of the right kind for a descriptor number, not opened.
function handleFor(fd, isServer) {
  if (typeof fd !== 'number') throw invalidArgType('fd', 'of type number', fd);
  if (!isInteger(fd)) throw require('internal/errors').outOfRange('fd', 'an integer', fd);
  if (fd < 0 || fd > 0x7fffffff) throw require('internal/errors').outOfRange('fd', '>= 0 && <= 2147483647', fd);
  const type = guessHandleType(fd);
  if (type === 'PIPE') return new Pipe(isServer ? SERVER : SOCKET);
  if (type === 'TCP') return new TCP(isServer ? SERVER : SOCKET);
  throw coded('ERR_INVALID_FD_TYPE', `Unsupported fd type: ${type}`);
}

function openHandle(fd) {
  const handle = handleFor(fd, false);
  const status = handle.open(fd);
  if (status) throw errnoException(status, 'open');
  return handle;
}

// `onread`: the data goes into a buffer of the program's.
function adoptOnRead(socket, { buffer, callback }) {
  if (!(buffer instanceof Uint8Array || typeof buffer === 'function') || typeof callback !== 'function') return;
  socket[kBuffer] = typeof buffer === 'function' ? true : buffer;
  socket[kBufferGen] = typeof buffer === 'function' ? buffer : null;
  socket[kBufferCb] = callback;
}

function initHandle(socket) {
  socket._undestroy();
  socket._sockname = undefined;
  const handle = socket._handle;
  if (!handle) return;
  handle[ownerSymbol] = socket;
  handle.onread = onRead;
  if (!socket[kBuffer]) return;
  if (socket[kBufferGen] !== null) {
    const buffer = socket[kBufferGen]();
    if (!(buffer instanceof Uint8Array)) return;
    socket[kBuffer] = buffer;
  }
  handle.useUserBuffer(socket[kBuffer]);
}

function writeAfterEnd(chunk, encoding, callback) {
  if (!this.writableEnded) return Duplex.prototype.write.call(this, chunk, encoding, callback);
  if (typeof encoding === 'function') callback = encoding;
  const error = new Error('This socket has been ended by the other party');
  error.code = 'EPIPE';
  if (typeof callback === 'function') nextTick(callback, error);
  this.destroy(error);
  return false;
}

function sizeOf({ chunk, encoding }) {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk, encoding) : chunk.length;
}

function checkTypeOfService(value, name) {
  const { validateInteger, validateNumber } = require('internal/validate');
  if (value !== value) throw invalidArgType(name, 'of type number', value);
  validateNumber(value, name);
  validateInteger(value, name, 0, 255);
  return value;
}

const methods = {
  _onTimeout() {
    const before = this[kLastWriteQueueSize];
    if (before > 0 && this._handle) {
      // A queue that gets shorter is no idleness.
      const { writeQueueSize } = this._handle;
      if (writeQueueSize !== before) {
        this[kLastWriteQueueSize] = writeQueueSize;
        this._unrefTimer();
        return;
      }
    }
    this.emit('timeout');
  },

  _unrefTimer() {
    for (let socket = this; socket !== null && socket !== undefined; socket = socket._parent) {
      socket[kTimeout]?.refresh();
    }
  },

  setTimeout(milliseconds, callback) {
    if (this.destroyed) return this;
    this.timeout = milliseconds;
    const { getTimerDuration, setUnrefTimeout } = require('internal/timers');
    const duration = getTimerDuration(milliseconds, 'msecs');
    if (this[kTimeout] !== null) require('timers').clearTimeout(this[kTimeout]);
    this[kTimeout] = null;
    if (callback !== undefined) require('internal/validate').validateFunction(callback, 'callback');
    if (duration === 0) {
      if (callback !== undefined) this.removeListener('timeout', callback);
    } else {
      this[kTimeout] = setUnrefTimeout(() => this._onTimeout(), duration);
      if (callback !== undefined) this.once('timeout', callback);
    }
    return this;
  },

  setNoDelay(enable) {
    const on = enable === undefined ? true : Boolean(enable);
    const changes = on !== this[kSetNoDelay];
    this[kSetNoDelay] = on;
    if (changes) this._handle?.setNoDelay?.(on);
    return this;
  },

  setKeepAlive(enable, initialDelay) {
    const on = Boolean(enable);
    const delay = ~~(initialDelay / 1000);
    const changes = on !== this[kSetKeepAlive] || (on && delay !== this[kSetKeepAliveInitialDelay]);
    if (this._handle && !this._handle.setKeepAlive) return this;
    this[kSetKeepAlive] = on;
    this[kSetKeepAliveInitialDelay] = delay;
    if (changes) this._handle?.setKeepAlive(on, delay);
    return this;
  },

  setTypeOfService(value) {
    checkTypeOfService(value, 'tos');
    const changes = value !== this[kSetTOS];
    this[kSetTOS] = value;
    const status = changes ? this._handle?.setTypeOfService?.(value) : 0;
    if (status) throw errnoException(status, 'setTypeOfService');
    return this;
  },

  getTypeOfService() {
    const value = this._handle?.getTypeOfService ? this._handle.getTypeOfService() : this[kSetTOS] ?? 0;
    if (typeof value === 'number' && value < 0) throw errnoException(value, 'getTypeOfService');
    return value;
  },

  address() { return this._getsockname(); },

  connect(...args) {
    return require('internal/net/connect').connect(this, args);
  },

  ref() {
    if (this._handle) this._handle.ref?.();
    else this.once('connect', this.ref);
    return this;
  },

  unref() {
    if (this._handle) this._handle.unref?.();
    else this.once('connect', this.unref);
    return this;
  },

  read,
  pause,
  resume,
  end: Duplex.prototype.end,

  destroySoon() {
    if (this.writable) this.end();
    if (!this.writableFinished) {
      this.once('finish', this.destroy);
      return;
    }
    this.destroy();
  },

  resetAndDestroy() {
    if (!this._handle) {
      this.destroy(coded('ERR_SOCKET_CLOSED', 'Socket is closed'));
      return this;
    }
    if (!(this._handle instanceof TCP)) throw coded('ERR_INVALID_HANDLE_TYPE', 'This handle type cannot be sent');
    if (this.connecting) this.once('connect', () => this._reset());
    else this._reset();
    return this;
  },

  _reset() {
    this.resetAndClosing = true;
    return this.destroy();
  },

  _read,
  _write,
  _writev,
  _writeGeneric,
  _final,
  _destroy,

  _getpeername() {
    if (!this._handle?.getpeername || this.connecting) return this._peername || {};
    if (!this._peername) {
      const out = {};
      if (this._handle.getpeername(out)) return out;
      this._peername = out;
    }
    return this._peername;
  },

  _getsockname() {
    const { _handle: handle } = this;
    if (!handle?.getsockname) return {};
    let known = this._sockname;
    if (!known) {
      known = this._sockname = {};
      handle.getsockname(known);
    }
    return known;
  },

  get _connecting() { return this.connecting; },
  get pending() { return !this._handle || this.connecting; },

  get readyState() {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  },

  get bufferSize() { return this._handle ? this.writableLength : undefined; },
  get bytesRead() { return this._handle ? this._handle.bytesRead : this[kBytesRead]; },
  get _bytesDispatched() { return this._handle ? this._handle.bytesWritten : this[kBytesWritten]; },

  get bytesWritten() {
    const { writableBuffer } = this;
    if (!writableBuffer) return undefined;
    let bytes = this._bytesDispatched;
    for (let i = 0; i < writableBuffer.length; i++) bytes += sizeOf(writableBuffer[i]);
    const chunk = this._pendingData;
    if (Array.isArray(chunk)) {
      for (let i = 0; i < chunk.length; i++) bytes += sizeOf(chunk[i]);
    } else if (chunk) {
      bytes += sizeOf({ chunk, encoding: this._pendingEncoding });
    }
    return bytes;
  },

  get remoteAddress() { return this._getpeername().address; },
  get remoteFamily() { return this._getpeername().family; },
  get remotePort() { return this._getpeername().port; },
  get localAddress() { return this._getsockname().address; },
  get localPort() { return this._getsockname().port; },
  get localFamily() { return this._getsockname().family; },
};

for (const name of getOwnPropertyNames(methods)) {
  const property = getOwnPropertyDescriptor(methods, name);
  defineProperty(Socket.prototype, name, { ...property, enumerable: property.get === undefined });
}

// Gives a socket another handle in the place of the one it has, for another attempt to connect.
function replaceHandle(socket, handle) {
  socket._handle?.close();
  socket._handle = handle;
  initHandle(socket);
}

adopt(Socket.prototype);

module.exports = {
  Socket, handleFor, initHandle, replaceHandle, writeAfterEnd,
  kSetKeepAlive, kSetKeepAliveInitialDelay, kSetNoDelay, kSetTOS,
};
