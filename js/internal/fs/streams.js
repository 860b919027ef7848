'use strict';

// ReadStream and WriteStream: streams over the functions of fs, or of who stands in for it.

const { coded, invalidArgType, invalidArgValue, outOfRange } = require('internal/errors');
const { pathText } = require('internal/fs/native');
const {
  validateAbortSignal, validateBoolean, validateFunction, validateInteger,
} = require('internal/validate');
const { Buffer } = require('buffer');
const fs = require('fs');
const { Readable, Writable, finished } = require('stream');
const process = require('process');

const MAX_FD = 2147483647;
const MAX_RETRIES = 5;
const kFs = Symbol('kFs');
const kHandle = Symbol('kHandle');
const kIsBusy = Symbol('kIsPerformingIO');
const kIoDone = Symbol('kIoDone');

// Options as an object of the stream's own, inherited ones among them.
function copyOptions(options) {
  if (options === undefined || options === null || typeof options === 'function') return {};
  if (typeof options === 'string') options = { encoding: options };
  if (typeof options !== 'object') throw invalidArgType('options', 'one of type string or object', options);
  const { encoding, signal } = options;
  if (encoding && encoding !== 'buffer' && !Buffer.isEncoding(encoding)) {
    throw invalidArgValue('encoding', encoding, 'is invalid encoding');
  }
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  const copy = {};
  for (const key in options) copy[key] = options[key];
  return copy;
}

// The functions of fs on a FileHandle.
function handleOperations(handle) {
  const { kUnref } = require('internal/fs/file_handle');
  const reply = (promise, callback, field, data) => {
    promise.then(
      (result) => process.nextTick(callback, null, ...(field ? [result[field], data] : [])),
      (error) => process.nextTick(callback, error),
    );
  };
  return {
    open(path, flags, mode, callback) {
      throw coded('ERR_METHOD_NOT_IMPLEMENTED', 'The open() method is not implemented');
    },
    close(fd, callback) {
      handle[kUnref]();
      reply(handle.close(), callback);
    },
    fsync(fd, callback) { reply(handle.sync(), callback); },
    read(fd, buffer, offset, length, position, callback) {
      reply(handle.read(buffer, offset, length, position), callback, 'bytesRead', buffer);
    },
    write(fd, buffer, offset, length, position, callback) {
      reply(handle.write(buffer, offset, length, position), callback, 'bytesWritten', buffer);
    },
    writev(fd, buffers, position, callback) {
      reply(handle.writev(buffers, position), callback, 'bytesWritten', buffers);
    },
  };
}

// Takes over a descriptor or a FileHandle.
function adopt(stream, options) {
  const { fd } = options;
  if (typeof fd === 'number') {
    validateInteger(fd, 'fd', 0, MAX_FD);
    stream[kFs] = options.fs || fs;
    return fd;
  }
  const { FileHandle, kRef } = require('internal/fs/file_handle');
  if (typeof fd !== 'object' || !(fd instanceof FileHandle)) {
    throw invalidArgType('options.fd', 'of type number or an instance of FileHandle', fd);
  }
  if (options.fs) {
    throw coded('ERR_METHOD_NOT_IMPLEMENTED', 'The FileHandle with fs method is not implemented');
  }
  stream[kHandle] = fd;
  stream[kFs] = handleOperations(fd);
  fd[kRef]();
  fd.on('close', () => stream.close());
  return fd.fd;
}

// What both kinds of stream decode alike. The stream is no stream yet.
function start(stream, path, options, flags) {
  if (options.fd === undefined || options.fd === null) {
    stream.fd = null;
    stream[kFs] = options.fs || fs;
    validateFunction(stream[kFs].open, 'options.fs.open');
    stream.path = typeof path === 'string' || Buffer.isBuffer(path) ? path : pathText(path, 'path');
    pathText(stream.path, 'path');
    stream.flags = options.flags === undefined ? flags : options.flags;
    stream.mode = options.mode === undefined ? 0o666 : options.mode;
  } else {
    stream.fd = adopt(stream, options);
  }
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
}

function tellOpened(stream, fd) {
  stream.emit('open', fd);
  stream.emit('ready');
}

function construct(stream, open, callback) {
  if (typeof stream.fd === 'number') return callback();
  if (stream.open !== open) return constructPatched(stream, callback);
  const { path, flags, mode } = stream;
  stream[kFs].open(path, flags, mode, (error, fd) => {
    if (error) return callback(error);
    stream.fd = fd;
    callback();
    // The stream may have been closed by now.
    tellOpened(stream, stream.fd);
  });
}

// Old programs replace `open`, which tells its end by events.
function constructPatched(stream, callback) {
  const { emit } = stream;
  stream.emit = function(...args) {
    const [name] = args;
    if (name === 'open') {
      this.emit = emit;
      callback();
      return Reflect.apply(emit, this, args);
    }
    if (name === 'error') {
      this.emit = emit;
      return callback(args[1]);
    }
    return Reflect.apply(emit, this, args);
  };
  stream.open();
}

function close(stream, error, callback) {
  if (stream.fd === null || stream.fd === undefined) return callback(error);
  if (!stream.flush) return closeNow(stream, error, callback);
  stream[kFs].fsync(stream.fd, (failure) => closeNow(stream, error || failure, callback));
}

function closeNow(stream, error, callback) {
  stream[kFs].close(stream.fd, (failure) => callback(failure || error));
  stream.fd = null;
}

// The descriptor is closed once nothing is under way with it.
function destroy(error, callback) {
  if (!this[kIsBusy]) return close(this, error, callback);
  this.once(kIoDone, (failure) => close(this, error || failure, callback));
}

function deprecatedOpen(name, isRead) {
  return require('util').deprecate(function() {
    this[kFs].open(this.path, this.flags, this.mode, (error, fd) => {
      if (error) {
        if (this.autoClose) this.destroy();
        this.emit('error', error);
        return;
      }
      this.fd = fd;
      tellOpened(this, fd);
      if (isRead) this.read();
    });
  }, `${name}.prototype.open() is deprecated`, 'DEP0135');
}

// A class that works with and without `new`, and for those who inherit from it the old way.
function fileStream(name, Parent, state, begin) {
  const Class = {
    [name]: function(path, options) {
      return this instanceof Class ? begin(this, path, copyOptions(options)) : new Class(path, options);
    },
  }[name];
  const own = Class.prototype;
  Object.setPrototypeOf(Class, Parent);
  Object.setPrototypeOf(own, Parent.prototype);

  const stateOf = (stream) => {
    if (stream[state] !== undefined) return stream[state];
    throw coded('ERR_INVALID_THIS', `Value of "this" must be of type ${name}`);
  };
  Object.defineProperties(own, {
    autoClose: {
      __proto__: null,
      get() { return stateOf(this).autoDestroy; },
      set(value) { stateOf(this).autoDestroy = value; },
    },
    pending: { __proto__: null, configurable: true, get() { return this.fd === null; } },
  });
  const open = own.open = deprecatedOpen(name, Parent === Readable);
  own._construct = function _construct(callback) { construct(this, open, callback); };
  own._destroy = destroy;
  return Class;
}

function need(stream, ...names) {
  for (const name of names) validateFunction(stream[kFs][name], `options.fs.${name}`);
}

// Where in the file a stream begins; without it the descriptor's own position counts.
function firstByte({ start }) {
  if (start !== undefined) validateInteger(start, 'start', 0);
  return start;
}

// ---- reading

const ReadStream = fileStream('ReadStream', Readable, '_readableState', (stream, path, options) => {
  if (options.highWaterMark === undefined) options.highWaterMark = 64 * 1024;
  start(stream, path, options, 'r');
  need(stream, 'read');
  if (options.autoDestroy) need(stream, 'close');

  const first = firstByte(options);
  const { end: last = Infinity } = options;
  if (last !== Infinity) validateInteger(last, 'end', 0);
  if (first > last) throw outOfRange('start', `<= "end" (here: ${last})`, first);
  Object.assign(stream, { start: first, end: last, pos: first, bytesRead: 0, [kIsBusy]: false });

  Reflect.apply(Readable, stream, [options]);
  if (options.encoding) stream.setEncoding(options.encoding);
});

ReadStream.prototype._read = function(size) {
  const at = this.pos === undefined ? this.bytesRead : this.pos;
  const length = Math.min(size, this.end + 1 - at);
  if (length <= 0) {
    this.push(null);
    return;
  }
  const room = Buffer.allocUnsafeSlow(length);
  this[kIsBusy] = true;
  this[kFs].read(this.fd, room, 0, length, this.pos, (error, count, bytes) => {
    this[kIsBusy] = false;
    if (this.destroyed) this.emit(kIoDone, error);
    else if (error) failed(this, error);
    else take(this, bytes, count);
  });
};

function take(stream, bytes, count) {
  if (count === 0) {
    stream.push(null);
    return;
  }
  stream.bytesRead += count;
  if (stream.pos !== undefined) stream.pos += count;
  // What is left of a big buffer must not live as long as a small piece of it.
  stream.push(count < bytes.length ? Buffer.from(bytes.subarray(0, count)) : bytes);
}

function failed(stream, error) {
  if (stream.autoClose) stream.destroy(error);
  else stream.emit('error', error);
}

ReadStream.prototype.close = function(callback) {
  if (typeof callback === 'function') finished(this, callback);
  this.destroy();
};

// ---- writing

const WriteStream = fileStream('WriteStream', Writable, '_writableState', (stream, path, options) => {
  options.decodeStrings = true;
  start(stream, path, options, 'w');
  const { write, writev } = stream[kFs];
  if (!write && !writev) throw invalidArgType('options.fs.write', 'of type function', write);
  if (write) need(stream, 'write');
  if (writev) need(stream, 'writev');
  if (options.autoDestroy) need(stream, 'close');

  const flush = options.flush ?? false;
  validateBoolean(flush, 'options.flush');
  stream.flush = flush;
  if (flush) need(stream, 'fsync');
  // What fs cannot do the stream does not offer to its own kind.
  if (!writev) stream._writev = null;
  if (!write) stream._write = null;

  const first = firstByte(options);
  Object.assign(stream, { start: first, pos: first, bytesWritten: 0, [kIsBusy]: false });
  Reflect.apply(Writable, stream, [options]);
  if (options.encoding) stream.setDefaultEncoding(options.encoding);
});

// Goes on until everything is written, or until nothing was too many times.
function writeOn(stream, ask, bytes, position, callback, tries = 0) {
  ask(bytes, position, (error, written) => {
    if (error?.code === 'EAGAIN') [error, written] = [null, 0];
    if (stream.destroyed || error) {
      return callback(error || coded('ERR_STREAM_DESTROYED', 'Cannot call write after a stream was destroyed'));
    }
    stream.bytesWritten += written;
    tries = written > 0 ? 0 : tries + 1;
    const rest = bytes.skip(written);
    if (rest.size === 0) return callback();
    if (tries > MAX_RETRIES) return callback(new Error('writev failed'));
    writeOn(stream, ask, rest, position === undefined ? undefined : position + written, callback, tries);
  });
}

class Chunk {
  constructor(buffer) {
    this.buffer = buffer;
    this.size = buffer.byteLength;
  }

  skip(count) {
    return new Chunk(this.buffer.subarray(count));
  }
}

class Chunks {
  constructor(buffers) {
    this.buffers = buffers;
    this.size = buffers.reduce((sum, buffer) => sum + buffer.byteLength, 0);
  }

  skip(count) {
    const rest = [];
    for (const buffer of this.buffers) {
      if (count < buffer.byteLength) rest[rest.length] = buffer.subarray(count);
      count = Math.max(0, count - buffer.byteLength);
    }
    return new Chunks(rest);
  }
}

function perform(stream, ask, bytes, callback) {
  stream[kIsBusy] = true;
  writeOn(stream, ask, bytes, stream.pos, (error) => {
    stream[kIsBusy] = false;
    callback(error);
    if (stream.destroyed) stream.emit(kIoDone, error);
  });
  if (stream.pos !== undefined) stream.pos += bytes.size;
}

WriteStream.prototype._write = function(data, encoding, callback) {
  const ask = ({ buffer, size }, position, reply) =>
    this[kFs].write(this.fd, buffer, 0, size, position, reply);
  perform(this, ask, new Chunk(data), callback);
};

WriteStream.prototype._writev = function(data, callback) {
  const ask = ({ buffers }, position, reply) => this[kFs].writev(this.fd, buffers, position, reply);
  perform(this, ask, new Chunks(data.map(({ chunk }) => chunk)), callback);
};

WriteStream.prototype.close = function(callback) {
  if (callback && this.closed) {
    process.nextTick(callback);
    return;
  }
  // A stream that does not close itself is to be closed once all is written.
  if (callback) this.on('close', callback);
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};

WriteStream.prototype.destroySoon = WriteStream.prototype.end;

module.exports = {
  ReadStream,
  WriteStream,
  createReadStream: (path, options) => new fs.ReadStream(path, options),
  createWriteStream: (path, options) => new fs.WriteStream(path, options),
};
