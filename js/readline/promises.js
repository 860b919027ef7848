'use strict';

const { clearDown, codeOfClear, codeOfMove, codeOfPosition } = require('internal/readline/cursor');
const { Interface: Base } = require('internal/readline/interface');
const { AbortError, invalidArgType } = require('internal/errors');
const { validateAbortSignal, validateBoolean, validateInteger } = require('internal/validate');
const { addAbortListener } = require('events');
const { nextTick } = require('process');
const { inspect } = require('util');

class Interface extends Base {
  question(query, options = {}) {
    return new Promise((resolve, reject) => {
      let answered = resolve;
      if (options?.signal) {
        const { signal } = options;
        validateAbortSignal(signal, 'options.signal');
        if (signal.aborted) {
          reject(new AbortError(undefined, { cause: signal.reason }));
          return;
        }
        const subscription = addAbortListener(signal, () => {
          this._questionCancel();
          reject(new AbortError(undefined, { cause: signal.reason }));
        });
        answered = (answer) => {
          subscription[Symbol.dispose]();
          resolve(answer);
        };
      }
      this._question(query, answered);
      this._questionReject = reject;
    });
  }

  async _tabComplete(again) {
    this.pause();
    let value;
    try {
      value = await this.completer(this.line.slice(0, this.cursor));
    } catch (error) {
      this._writeToOutput(`Tab completion error: ${inspect(error)}`);
      return;
    } finally {
      this.resume();
    }
    this._complete(again, value);
  }
}

function createInterface(input, output, completer, terminal) {
  return Reflect.construct(Interface, [input, output, completer, terminal]);
}

// Actions that are sent together.
class Readline {
  #stream;
  #autoCommit = false;
  #actions = '';

  constructor(stream, options = undefined) {
    const isWritable = stream !== null && typeof stream === 'object' && typeof stream.write === 'function' &&
      typeof stream.on === 'function' && stream.writable !== false;
    if (!isWritable) throw invalidArgType('stream', 'an instance of Writable', stream);
    this.#stream = stream;
    if (options?.autoCommit !== undefined) {
      validateBoolean(options.autoCommit, 'options.autoCommit');
      this.#autoCommit = options.autoCommit;
    }
  }

  #add(code) {
    if (this.#autoCommit) nextTick(() => this.#stream.write(code));
    else this.#actions += code;
    return this;
  }

  cursorTo(x, y = undefined) {
    validateInteger(x, 'x');
    if (y !== undefined && y !== null) validateInteger(y, 'y');
    return this.#add(codeOfPosition(x, y));
  }

  moveCursor(dx, dy) {
    if (!dx && !dy) return this;
    for (const [name, distance] of [['dx', dx], ['dy', dy]]) validateInteger(distance, name);
    return this.#add(codeOfMove(dx, dy));
  }

  clearLine(direction) {
    validateInteger(direction, 'dir', -1, 1);
    return this.#add(codeOfClear(direction));
  }

  clearScreenDown() {
    return this.#add(clearDown);
  }

  commit() {
    return new Promise((resolve) => {
      const actions = this.#actions;
      this.#actions = '';
      this.#stream.write(actions, resolve);
    });
  }

  rollback() {
    this.#actions = '';
    return this;
  }
}

module.exports = { Interface, Readline, createInterface };
