'use strict';

const { clearLine, clearScreenDown, cursorTo, moveCursor } = require('internal/readline/cursor');
const { Interface: Base } = require('internal/readline/interface');
const { AbortError } = require('internal/errors');
const { validateAbortSignal } = require('internal/validate');
const { promisify } = require('util');

function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface)) return new Interface(input, output, completer, terminal);
  Base.call(this, input, output, completer, terminal);
  // A completer of one argument returns what it found.
  const complete = this.completer;
  if (complete && complete.length !== 2) {
    this.completer = (line, callback) => callback(null, complete(line));
  }
}

Object.setPrototypeOf(Interface.prototype, Base.prototype);
Object.setPrototypeOf(Interface, Base);

function createInterface(input, output, completer, terminal) {
  return Reflect.construct(Interface, [input, output, completer, terminal]);
}

function question(query, options, callback) {
  callback = typeof options === 'function' ? options : callback;
  if (typeof options !== 'object' || options === null) options = {};
  const { signal } = options;
  if (signal) {
    validateAbortSignal(signal, 'options.signal');
    if (signal.aborted) return;
    const onAbort = () => this._questionCancel();
    signal.addEventListener('abort', onAbort, { once: true });
    const answered = callback;
    callback = function onAnswer(answer) {
      signal.removeEventListener('abort', onAbort);
      return typeof answered === 'function' ? answered(answer) : undefined;
    };
  }
  if (typeof callback === 'function') this._question(query, callback);
}

question[promisify.custom] = function question(query, options) {
  if (typeof options !== 'object' || options === null) options = {};
  const { signal } = options;
  if (signal?.aborted) {
    return Promise.reject(new AbortError(undefined, { cause: signal.reason }));
  }
  return new Promise((resolve, reject) => {
    let answered = resolve;
    if (signal) {
      const onAbort = () => reject(new AbortError(undefined, { cause: signal.reason }));
      signal.addEventListener('abort', onAbort, { once: true });
      answered = (answer) => {
        signal.removeEventListener('abort', onAbort);
        resolve(answer);
      };
    }
    this.question(query, options, answered);
  });
};

Object.defineProperty(Interface.prototype, 'question', {
  value: question,
  writable: true,
  enumerable: false,
  configurable: true,
});

module.exports = {
  Interface,
  clearLine,
  clearScreenDown,
  createInterface,
  cursorTo,
  emitKeypressEvents: (stream, face) => require('internal/readline/keys').emitKeypressEvents(stream, face),
  moveCursor,
  get promises() {
    return require('readline/promises');
  },
};
