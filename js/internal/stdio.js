'use strict';

// process.stdout and process.stderr: what is written has left the program when `write` returns, be it to a
// file, a pipe or a terminal. As in Node they outlive who destroys them.

const { Writable } = require('internal/streams/writable');

const { nextTick } = require('process');

class OutputStream extends Writable {
  constructor(fd) {
    super({ decodeStrings: false, emitClose: false });
    this.fd = fd;
    this._type = native.kind(fd);
    this._isStdio = true;
    this.destroySoon = this.destroy;
    if (this._type !== 'tty') return;
    this.isTTY = true;
    require('internal/terminal').standard(this, () => native.size(fd));
  }

  _write(chunk, encoding, callback) {
    try {
      native.write(this.fd, bytesOf(chunk, encoding));
    } catch (error) {
      callback(error);
      return;
    }
    callback();
  }

  _destroy(error, callback) {
    callback(error);
    this._undestroy();
    nextTick(() => this.emit('close'));
  }
}

// Text that is UTF-8 already stays text.
function bytesOf(chunk, encoding) {
  if (typeof chunk !== 'string' || encoding === 'utf8' || encoding === 'utf-8') return chunk;
  return require('buffer').Buffer.from(chunk, encoding);
}

let stdout;
let stderr;

module.exports = {
  get stdout() { return stdout ??= new OutputStream(1); },
  get stderr() { return stderr ??= new OutputStream(2); },
};
