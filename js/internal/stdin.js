'use strict';

// process.stdin: a net.Socket where it is a pipe, a socket or a terminal, else a stream of the file.

const process = require('process');
const { guessHandleType } = require('internal/handles');
const { Readable } = require('internal/streams/readable');

const { nextTick } = process;

const READ_SIZE = 65536;

// A file, or a device that is none of the others. It is not ours to close.
class FileInput extends Readable {
  constructor() {
    super({ highWaterMark: READ_SIZE });
    this.bytesRead = 0;
  }

  _read() {
    const { Buffer } = require('buffer');
    const chunk = Buffer.allocUnsafeSlow(READ_SIZE);
    require('fs').read(0, chunk, 0, READ_SIZE, null, (error, count) => {
      if (this.destroyed) return;
      if (error) {
        this.destroy(error);
        return;
      }
      this.bytesRead += count;
      this.push(count > 0 ? chunk.subarray(0, count) : null);
    });
  }
}

// What cannot be read is empty.
class NoInput extends Readable {
  _read() { this.push(null); }
}

function open() {
  // The channel to the parent is nobody else's to read.
  if (process.channel?.fd === 0) return new NoInput();
  const kind = guessHandleType(0);
  if (kind === 'TTY') return openTerminal();
  if (kind === 'PIPE' || kind === 'TCP') return openSocket({ fd: native.descriptor() });
  return kind === 'FILE' ? new FileInput() : new NoInput();
}

function openSocket(options) {
  const { Socket } = require('internal/net/socket');
  return new Socket({ ...options, readable: true, writable: false, manualStart: true });
}

function openTerminal() {
  try {
    return new (require('tty').ReadStream)(0);
  } catch {
    // The terminal is gone.
    return new NoInput();
  }
}

// Whoever pauses it wants the loop to end; the handle goes on until it is told.
function stopWhenPaused(stream) {
  stream.on('pause', () => {
    nextTick(() => {
      const handle = stream._handle;
      if (!handle?.reading || stream.readableFlowing) return;
      handle.reading = false;
      stream._readableState.reading = false;
      handle.readStop();
    });
  });
}

function create() {
  const stream = open();
  stream.fd = 0;
  stopWhenPaused(stream);
  return stream;
}

let stdin;

module.exports = {
  get stdin() { return stdin ??= create(); },
};
