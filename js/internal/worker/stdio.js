'use strict';

// process.stdin, process.stdout and process.stderr of a worker: they lead to the thread that started it.

const process = require('process');
const { Readable } = require('internal/streams/readable');
const { Writable } = require('internal/streams/writable');

const port = native.port();
// The streams that wait for the other side.
let waiting = 0;

function wait() {
  if (waiting++ === 0) port?.ref();
}

function proceed() {
  if (--waiting === 0) port.unref();
}

class Output extends Writable {
  #name;
  #callback = null;

  constructor(name) {
    super({ decodeStrings: false });
    this.#name = name;
  }

  _writev(chunks, callback) {
    port?.postMessage({ name: this.#name, chunks: chunks.map(({ chunk, encoding }) => ({ chunk, encoding })) });
    // Nobody answers a program that ends.
    if (process._exiting || !port) {
      callback();
      return;
    }
    this.#callback = callback;
    wait();
  }

  _final(callback) {
    port?.postMessage({ name: this.#name, chunks: null });
    callback();
  }

  // What was written is on the other side.
  taken() {
    const callback = this.#callback;
    this.#callback = null;
    if (!callback) return;
    proceed();
    callback();
  }
}

class Input extends Readable {
  #isRead = false;

  _read() {
    if (!this.#isRead && native.hasStdin()) {
      this.#isRead = true;
      wait();
    }
    if (native.hasStdin()) port?.postMessage({ name: 'stdin', isWanted: true });
    else this.push(null);
  }

  give(chunks) {
    if (chunks) {
      for (const { chunk, encoding } of chunks) this.push(chunk, encoding);
      return;
    }
    this.push(null);
    if (this.#isRead) proceed();
  }
}

const stdin = new Input();
const outputs = { stdout: new Output('stdout'), stderr: new Output('stderr') };

if (port) {
  port.on('message', ({ name, chunks }) => {
    if (name === 'stdin') stdin.give(chunks);
    else outputs[name].taken();
  });
  port.unref();
  // What still waits to be written goes at once now.
  process.on('exit', () => {
    outputs.stdout.taken();
    outputs.stderr.taken();
  });
}

module.exports = { stdin, ...outputs };
