'use strict';

// `pipeTo`: all of a ReadableStream into a WritableStream.

const { addAbortListener } = require('events');
const { AbortError } = require('internal/errors');
const { validateAbortSignal } = require('internal/validate');
const { DefaultReaderCore } = require('internal/webstreams/readable');
const { WriterCore } = require('internal/webstreams/writable');
const { checkObject } = require('internal/webstreams/strategies');
const { ignore, invalidState } = require('internal/webstreams/support');

function pipeOptions(options) {
  if (options === null || options === undefined) return {};
  checkObject(options, 'options');
  const { preventAbort, preventCancel, preventClose, signal } = options;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  return { preventAbort: !!preventAbort, preventCancel: !!preventCancel, preventClose: !!preventClose, signal };
}

class PipeTo {
  #source;
  #target;
  #options;
  #reader;
  #writer;
  #outcome = Promise.withResolvers();
  #isEnding = false;
  #lastWrite = Promise.resolve();
  #abortion;

  constructor(source, target, options) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
    this.#reader = new DefaultReaderCore(source);
    this.#writer = new WriterCore(target);
    source.isDisturbed = true;
  }

  run() {
    const { signal } = this.#options;
    if (signal?.aborted) {
      this.#abort(signal);
      return this.#outcome.promise;
    }
    if (signal) this.#abortion = addAbortListener(signal, () => this.#abort(signal));
    this.#watchSource();
    this.#watchTarget();
    ignore(this.#pump());
    return this.#outcome.promise;
  }

  #abort(signal) {
    const error = reasonOf(signal);
    const { preventAbort, preventCancel } = this.#options;
    const source = this.#source;
    const target = this.#target;
    const actions = () => {
      const all = [];
      if (!preventAbort) all.push(target.state === 'writable' ? target.abort(error) : Promise.resolve());
      if (!preventCancel) all.push(source.state === 'readable' ? source.cancel(error) : Promise.resolve());
      return Promise.all(all);
    };
    this.#end(actions, true, error);
  }

  #watchSource() {
    const source = this.#source;
    const { preventAbort, preventClose } = this.#options;
    const onError = (error) => this.#end(preventAbort ? undefined : () => this.#target.abort(error), true, error);
    const writer = this.#writer;
    const onClose = () => this.#end(preventClose ? undefined : () => writer.closeWithPropagation(), false);
    if (source.state === 'errored') onError(source.storedError);
    else this.#reader.closed.promise.then(undefined, onError);
    if (source.state === 'closed') onClose();
    else this.#reader.closed.promise.then(onClose, () => {});
  }

  #watchTarget() {
    const target = this.#target;
    const { preventCancel } = this.#options;
    const onError = (error) => this.#end(preventCancel ? undefined : () => this.#source.cancel(error), true, error);
    if (target.state === 'errored' || target.state === 'erroring') onError(target.storedError);
    else this.#writer.closed.promise.then(undefined, onError);
    if (target.isClosing || target.state === 'closed') onError(invalidState('Destination WritableStream is closed'));
  }

  async #pump() {
    const writer = this.#writer;
    while (!this.#isEnding) {
      await writer.ready.promise;
      if (this.#isEnding) return;
      if (await this.#step()) return;
    }
  }

  // One chunk; true at the end.
  #step() {
    return new Promise((resolve, reject) => {
      this.#source.read({
        chunk: (value) => {
          this.#lastWrite = this.#writer.write(value);
          ignore(this.#lastWrite);
          resolve(false);
        },
        close: () => resolve(true),
        error: reject,
      });
    });
  }

  // Ends once, after all that was read has been written.
  #end(action, isFailure, error) {
    if (this.#isEnding) return;
    this.#isEnding = true;
    const finish = () => this.#finish(action, isFailure, error);
    const target = this.#target;
    if (target.state === 'writable' && !target.isClosing) this.#written().then(finish);
    else finish();
  }

  async #written() {
    let last;
    while (last !== this.#lastWrite) {
      last = this.#lastWrite;
      await last.then(undefined, () => {});
    }
  }

  #finish(action, isFailure, error) {
    if (action === undefined) {
      this.#release(isFailure, error);
      return;
    }
    action().then(() => this.#release(isFailure, error), (second) => this.#release(true, second));
  }

  #release(isFailure, error) {
    this.#writer.release();
    this.#reader.release();
    this.#abortion?.[Symbol.dispose]();
    if (isFailure) this.#outcome.reject(error);
    else this.#outcome.resolve();
  }
}

// Web streams know AbortError as a DOMException.
function reasonOf({ reason }) {
  if (!(reason instanceof AbortError)) return reason;
  const { DOMException } = require('internal/dom_exception');
  return new DOMException(reason.message, 'AbortError');
}

function pipeTo(source, target, options) {
  return new PipeTo(source, target, options).run();
}

module.exports = { pipeOptions, pipeTo };
