'use strict';

// process.stdout and process.stderr: synchronous writers over the native half.

const EventEmitter = require('events');
const { coded, invalidArgType } = require('internal/errors');

const { nextTick } = require('process');
const { isView } = ArrayBuffer;

const CHUNK = 'of type string or an instance of Buffer, TypedArray, or DataView';

class OutputStream extends EventEmitter {
  #ended = false;
  #corked = 0;
  #pending = [];

  constructor(fd) {
    super();
    this.fd = fd;
    this._type = native.isTerminal(fd) ? 'tty' : 'fs';
    this._isStdio = true;
    if (this._type !== 'tty') return;
    this.isTTY = true;
    require('internal/terminal').standard(this, () => native.size(fd));
  }

  get writable() { return !this.#ended; }
  get writableEnded() { return this.#ended; }
  get writableFinished() { return this.#ended; }
  get writableLength() { return 0; }
  get writableHighWaterMark() { return 16384; }
  get writableNeedDrain() { return false; }
  get writableObjectMode() { return false; }
  get writableCorked() { return this.#corked; }
  get destroyed() { return false; }

  write(chunk, encoding, callback) {
    // Not through `this.write`, which a program may have replaced.
    if (typeof encoding === 'function') [encoding, callback] = [undefined, encoding];
    const bytes = decode(chunk, encoding);
    if (this.#ended) return this.#fail(coded('ERR_STREAM_WRITE_AFTER_END', 'write after end'), callback);
    if (this.#corked > 0) {
      this.#pending.push({ bytes, callback });
      return true;
    }
    return this.#put(bytes, callback);
  }

  end(chunk, encoding, callback) {
    if (typeof chunk === 'function') return this.end(undefined, undefined, chunk);
    if (typeof encoding === 'function') return this.end(chunk, undefined, encoding);
    if (chunk !== undefined && chunk !== null) this.write(chunk, encoding);
    this.#corked = 0;
    this.#flush();
    this.#ended = true;
    nextTick(() => {
      this.emit('finish');
      callback?.();
    });
    return this;
  }

  cork() { this.#corked += 1; }

  uncork() {
    if (this.#corked === 0) return;
    this.#corked -= 1;
    if (this.#corked === 0) this.#flush();
  }

  setDefaultEncoding() { return this; }

  // The standard streams outlive the program that would destroy them.
  destroy(error) {
    nextTick(() => {
      if (error) this.emit('error', error);
      this.emit('close');
    });
    return this;
  }

  #put(bytes, callback) {
    try {
      native.write(this.fd, bytes);
    } catch (error) {
      return this.#fail(error, callback);
    }
    if (callback) nextTick(callback, null);
    return true;
  }

  #flush() {
    const pending = this.#pending;
    this.#pending = [];
    for (const { bytes, callback } of pending) this.#put(bytes, callback);
  }

  #fail(error, callback) {
    nextTick(() => {
      callback?.(error);
      this.emit('error', error);
    });
    return false;
  }
}

// What is written: text that is UTF-8 already stays text, all else becomes bytes.
function decode(chunk, encoding) {
  if (typeof chunk === 'string') {
    const isUtf8 = encoding === undefined || encoding === null || encoding === 'utf8' || encoding === 'utf-8';
    return isUtf8 ? chunk : require('buffer').Buffer.from(chunk, encoding);
  }
  if (chunk === null) throw coded('ERR_STREAM_NULL_VALUES', 'May not write null values to stream');
  if (!isView(chunk)) throw invalidArgType('chunk', CHUNK, chunk);
  return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}

let stdout;
let stderr;

module.exports = {
  get stdout() { return stdout ??= new OutputStream(1); },
  get stderr() { return stderr ??= new OutputStream(2); },
};
