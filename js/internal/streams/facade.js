'use strict';

// A Duplex in front of other streams: what is written to it goes into the one, what is read from it
// comes out of the other.

const { AbortError } = require('internal/errors');
const { destroyer } = require('internal/streams/destroyer');

class Facade {
  // The Duplex, and what it waits for: a callback each, or nothing.
  duplex;
  onDrain = null;
  onFinish = null;
  onReadable = null;
  // Null once what stands behind is through.
  onClose = undefined;

  constructor(duplex) {
    this.duplex = duplex;
  }

  // Calls what waits, once.
  settle(name) {
    const callback = this[name];
    if (!callback) return;
    this[name] = null;
    callback();
  }

  // What stands behind is through.
  through(error) {
    const callback = this.onClose;
    this.onClose = null;
    if (callback) callback(error);
    else if (error) this.duplex.destroy(error);
    return !!callback || !!error;
  }

  writeInto(sink) {
    this.duplex._write = (chunk, encoding, callback) => {
      if (sink.write(chunk, encoding)) callback();
      else this.onDrain = callback;
    };
    this.duplex._final = (callback) => {
      sink.end();
      this.onFinish = callback;
    };
    sink.on('drain', () => this.settle('onDrain'));
  }

  readFrom(source) {
    const { duplex } = this;
    source.on('readable', () => this.settle('onReadable'));
    source.on('end', () => duplex.push(null));
    duplex._read = () => {
      while (true) {
        const chunk = source.read();
        if (chunk === null) {
          this.onReadable = duplex._read;
          return;
        }
        if (!duplex.push(chunk)) return;
      }
    };
  }

  destroyWith(...streams) {
    this.duplex._destroy = (error, callback) => {
      if (!error && this.onClose !== null) error = new AbortError();
      this.onReadable = this.onDrain = this.onFinish = null;
      if (this.onClose === null) {
        callback(error);
        return;
      }
      this.onClose = callback;
      for (let i = 0; i < streams.length; i++) destroyer(streams[i], error);
    };
  }
}

// The options of a Duplex in front of the two: which of its sides there are, and what they carry.
function facadeOptions(source, sink, canRead, canWrite) {
  return {
    readable: canRead,
    writable: canWrite,
    readableObjectMode: !!source?.readableObjectMode,
    writableObjectMode: !!sink?.writableObjectMode,
  };
}

module.exports = { Facade, facadeOptions };
