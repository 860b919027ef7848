'use strict';

// ReadableStream, its default reader and its default controller.

const { invalidArgType, invalidArgValue } = require('internal/errors');
const {
  Deferred, Queue, ReadRequest, coreOf, defineInterface, hide, illegalConstructor, inspectAs,
  invalidState, kCore, method, promiseOf, publicOf, rejected, resolved,
} = require('internal/webstreams/support');
const {
  checkObject, highWaterMarkOf, invalidValue, measured, sizeOf,
} = require('internal/webstreams/strategies');
const {
  kControllerErrorFunction, kIsClosedPromise, kIsDisturbed, kIsErrored, kIsReadable,
} = require('internal/streams/predicates');

const { inspect: { custom } } = require('util');
const { defineProperty } = Object;

// What a ReadableStream stands for.
class ReadableCore {
  static type = 'ReadableStream';

  state = 'readable';
  storedError;
  reader;
  controller;
  isDisturbed = false;
  closed = new Deferred();

  get isLocked() { return this.reader !== undefined; }

  // How many reads wait.
  get waiting() { return this.reader === undefined ? 0 : this.reader.requests.length; }

  cancel(reason) {
    this.isDisturbed = true;
    if (this.state === 'closed') return Promise.resolve();
    if (this.state === 'errored') return Promise.reject(this.storedError);
    this.close();
    if (this.reader?.isByob) {
      const { requests } = this.reader;
      while (requests.length > 0) requests.shift().close(undefined);
    }
    return this.controller.cancel(reason).then(() => {});
  }

  close() {
    this.state = 'closed';
    this.closed.resolve();
    const { reader } = this;
    if (reader === undefined) return;
    reader.closed.resolve();
    if (reader.isByob) return;
    const { requests } = reader;
    while (requests.length > 0) requests.shift().close();
  }

  fail(error) {
    this.state = 'errored';
    this.storedError = error;
    this.closed.reject(error);
    const { reader } = this;
    if (reader === undefined) return;
    reader.closed.reject(error);
    reader.failRequests(error);
  }

  read(request) {
    this.isDisturbed = true;
    if (this.state === 'closed') request.close();
    else if (this.state === 'errored') request.error(this.storedError);
    else this.controller.pull(request);
  }
}

// What a reader stands for.
class ReaderCore {
  isByob = false;
  requests = new Queue();

  constructor(core) {
    if (core.isLocked) throw invalidState('ReadableStream is locked');
    this.core = core;
    core.reader = this;
    if (core.state === 'readable') this.closed = new Deferred();
    else this.closed = core.state === 'closed' ? resolved() : rejected(core.storedError);
  }

  failRequests(error) {
    const { requests } = this;
    this.requests = new Queue();
    while (requests.length > 0) requests.shift().error(error);
  }

  release() {
    const { core } = this;
    const error = invalidState('Reader released');
    if (core.state === 'readable') this.closed.reject(error);
    else this.closed = rejected(error);
    core.controller.release();
    core.reader = undefined;
    this.core = undefined;
    this.failRequests(invalidState('Releasing reader'));
  }
}

class DefaultReaderCore extends ReaderCore {
  static type = 'ReadableStreamDefaultReader';
}

// What a ReadableStreamDefaultController stands for.
class DefaultControllerCore {
  static type = 'ReadableStreamDefaultController';

  queue = new Queue();
  isStarted = false;
  isClosing = false;
  isPulling = false;
  pullsAgain = false;

  constructor(core, algorithms, mark, size) {
    this.core = core;
    this.algorithms = algorithms;
    this.mark = mark;
    this.size = size;
    core.controller = this;
  }

  start(result) {
    startController(this, result);
  }

  get canTake() { return !this.isClosing && this.core.state === 'readable'; }

  get desiredSize() { return desiredSizeOf(this.core, this.mark - this.queue.size); }

  get wantsPull() {
    if (!this.canTake || !this.isStarted) return false;
    return this.core.waiting > 0 || this.desiredSize > 0;
  }

  cancel(reason) {
    this.queue.clear();
    const outcome = this.algorithms.cancel?.(reason) ?? Promise.resolve();
    this.algorithms = {};
    return outcome;
  }

  pull(request) {
    const { core, queue } = this;
    if (queue.length === 0) {
      core.reader.requests.push(request);
      callPull(this);
      return;
    }
    const chunk = queue.shift();
    if (this.isClosing && queue.length === 0) {
      this.algorithms = {};
      core.close();
    } else {
      callPull(this);
    }
    request.chunk(chunk);
  }

  release() {}

  close() {
    if (!this.canTake) return;
    this.isClosing = true;
    if (this.queue.length > 0) return;
    this.algorithms = {};
    this.core.close();
  }

  enqueue(chunk) {
    if (!this.canTake) return;
    const { core } = this;
    if (core.waiting > 0) {
      core.reader.requests.shift().chunk(chunk);
    } else {
      try {
        this.queue.push(chunk, measured(this.size, chunk));
      } catch (error) {
        this.error(error);
        throw error;
      }
    }
    callPull(this);
  }

  error(error) {
    if (this.core.state !== 'readable') return;
    this.queue.clear();
    this.algorithms = {};
    this.core.fail(error);
  }
}

function startController(controller, result) {
  new Promise((resolve) => { resolve(result); }).then(() => {
    controller.isStarted = true;
    callPull(controller);
  }, (error) => controller.error(error));
}

function desiredSizeOf(core, size) {
  if (core.state === 'errored') return null;
  return core.state === 'closed' ? 0 : size;
}

// Asks the source for more, one question at a time.
function callPull(controller) {
  if (!controller.wantsPull) return;
  if (controller.isPulling) {
    controller.pullsAgain = true;
    return;
  }
  controller.isPulling = true;
  const outcome = controller.algorithms.pull?.(controller.public) ?? Promise.resolve();
  outcome.then(() => {
    controller.isPulling = false;
    if (!controller.pullsAgain) return;
    controller.pullsAgain = false;
    callPull(controller);
  }, (error) => controller.error(error));
}

class ReadableStreamDefaultController {
  constructor() { throw illegalConstructor(); }

  get desiredSize() { return coreOf(this, DefaultControllerCore).desiredSize; }

  close() {
    const controller = coreOf(this, DefaultControllerCore);
    if (!controller.canTake) throw invalidState('Controller is already closed');
    controller.close();
  }

  enqueue(chunk = undefined) {
    const controller = coreOf(this, DefaultControllerCore);
    if (!controller.canTake) throw invalidState('Controller is already closed');
    controller.enqueue(chunk);
  }

  error(error = undefined) { coreOf(this, DefaultControllerCore).error(error); }

  [custom](depth, options) {
    coreOf(this, DefaultControllerCore);
    return inspectAs('ReadableStreamDefaultController', depth, options, {});
  }
}

class ReadableStreamDefaultReader {
  constructor(stream) {
    this[kCore] = new DefaultReaderCore(streamCore(stream));
    hide(this);
  }

  get closed() { return promiseOf(this, DefaultReaderCore, (reader) => reader.closed.promise); }

  cancel(reason = undefined) {
    return promiseOf(this, DefaultReaderCore, (reader) => cancelBy(reader, reason));
  }

  read() {
    return promiseOf(this, DefaultReaderCore, ({ core }) => {
      if (core === undefined) return Promise.reject(unattached());
      const request = new ReadRequest();
      core.read(request);
      return request.promise;
    });
  }

  releaseLock() {
    const reader = coreOf(this, DefaultReaderCore);
    if (reader.core !== undefined) reader.release();
  }

  [custom](depth, options) {
    const { core, closed, requests } = coreOf(this, DefaultReaderCore);
    const fields = { stream: core?.public, readRequests: requests.length, close: closed.promise };
    return inspectAs('ReadableStreamDefaultReader', depth, options, fields);
  }
}

function streamCore(stream) {
  const core = stream?.[kCore];
  if (!(core instanceof ReadableCore)) throw invalidArgType('stream', 'an instance of ReadableStream', stream);
  return core;
}

function unattached() {
  return invalidState('The reader is not attached to a stream');
}

function cancelBy(reader, reason) {
  return reader.core === undefined ? Promise.reject(unattached()) : reader.core.cancel(reason);
}

class ReadableStream {
  constructor(source = {}, strategy = {}) {
    checkObject(source, 'source');
    if (strategy !== null) checkObject(strategy, 'strategy');
    const { type } = source;
    if (type !== undefined && `${type}` === 'bytes') {
      if (strategy?.size !== undefined) throw invalidValue('strategy.size', strategy.size);
      const { setUpBytes } = require('internal/webstreams/readable_bytes');
      setUpBytes(prepare(this), source, highWaterMarkOf(strategy, 0));
      return;
    }
    if (type !== undefined) throw invalidArgValue('source.type', type);
    const size = sizeOf(strategy);
    const mark = highWaterMarkOf(strategy, 1);
    const algorithms = { pull: method(source, 'pull', 'source'), cancel: method(source, 'cancel', 'source') };
    const { start } = source;
    setUpDefault(prepare(this), algorithms, mark, size, (controller) => start?.call(source, controller));
  }

  static from(iterable) { return require('internal/webstreams/iteration').streamFrom(iterable); }

  get locked() { return coreOf(this, ReadableCore).isLocked; }

  cancel(reason = undefined) {
    return promiseOf(this, ReadableCore, (core) => {
      if (core.isLocked) return Promise.reject(invalidState('ReadableStream is locked'));
      return core.cancel(reason);
    });
  }

  getReader(options = {}) {
    coreOf(this, ReadableCore);
    if (options !== null) checkObject(options, 'options');
    const mode = options?.mode;
    let Reader = ReadableStreamDefaultReader;
    if (mode !== undefined) {
      if (`${mode}` !== 'byob') throw invalidArgValue('options.mode', mode);
      Reader = require('internal/webstreams/readable_bytes').ReadableStreamBYOBReader;
    }
    return new Reader(this);
  }

  pipeThrough(transform, options = {}) {
    const core = coreOf(this, ReadableCore);
    const { pipeTo, pipeOptions } = require('internal/webstreams/pipe_to');
    const { WritableCore } = require('internal/webstreams/writable');
    const readable = transform?.readable;
    if (!(readable?.[kCore] instanceof ReadableCore)) {
      throw invalidArgType('transform.readable', 'an instance of ReadableStream', readable);
    }
    const writable = transform.writable;
    const target = writable?.[kCore];
    if (!(target instanceof WritableCore)) {
      throw invalidArgType('transform.writable', 'an instance of WritableStream', writable);
    }
    const decoded = pipeOptions(options);
    if (core.isLocked) throw invalidState('The ReadableStream is locked');
    if (target.isLocked) throw invalidState('The WritableStream is locked');
    pipeTo(core, target, decoded).catch(() => {});
    return readable;
  }

  pipeTo(destination, options = {}) {
    return promiseOf(this, ReadableCore, (core) => {
      const { pipeTo, pipeOptions } = require('internal/webstreams/pipe_to');
      const { WritableCore } = require('internal/webstreams/writable');
      const target = destination?.[kCore];
      if (!(target instanceof WritableCore)) {
        return Promise.reject(invalidArgType('transform.writable', 'an instance of WritableStream', destination));
      }
      let decoded;
      try {
        decoded = pipeOptions(options);
      } catch (error) {
        return Promise.reject(error);
      }
      if (core.isLocked) return Promise.reject(invalidState('The ReadableStream is locked'));
      if (target.isLocked) return Promise.reject(invalidState('The WritableStream is locked'));
      return pipeTo(core, target, decoded);
    });
  }

  tee() {
    const { tee } = require('internal/webstreams/tee');
    return tee(coreOf(this, ReadableCore));
  }

  values(options = {}) {
    const core = coreOf(this, ReadableCore);
    if (options !== null) checkObject(options, 'options');
    return require('internal/webstreams/iteration').iteratorOf(core, !!options?.preventCancel);
  }

  get [kIsClosedPromise]() { return this[kCore].closed; }
  get [kIsDisturbed]() { return this[kCore].isDisturbed; }
  get [kIsErrored]() { return this[kCore].state === 'errored'; }
  get [kIsReadable]() { return this[kCore].state === 'readable'; }
  [kControllerErrorFunction](error) { this[kCore].controller.error(error); }

  [custom](depth, options) {
    const core = coreOf(this, ReadableCore);
    const fields = { locked: core.isLocked, state: core.state, supportsBYOB: core.controller.isBytes === true };
    return inspectAs('ReadableStream', depth, options, fields);
  }
}

function prepare(stream) {
  const core = new ReadableCore();
  core.public = stream;
  stream[kCore] = core;
  hide(stream);
  return core;
}

function setUpDefault(core, algorithms, mark, size, start) {
  const controller = new DefaultControllerCore(core, algorithms, mark, size);
  controller.start(start(publicOf(ReadableStreamDefaultController, controller)));
}

// A ReadableStream of our own making.
function createReadable(algorithms, mark, size, start = () => {}) {
  const stream = Object.create(ReadableStream.prototype);
  setUpDefault(prepare(stream), algorithms, mark, size, start);
  return stream;
}

defineInterface(ReadableStream, [
  'locked', 'cancel', 'getReader', 'pipeThrough', 'pipeTo', 'tee', 'values',
]);
defineProperty(ReadableStream, 'from', { __proto__: null, enumerable: true });
defineProperty(ReadableStream.prototype, Symbol.asyncIterator, {
  __proto__: null, configurable: true, writable: true, value: ReadableStream.prototype.values,
});
defineInterface(ReadableStreamDefaultReader, ['closed', 'cancel', 'read', 'releaseLock']);
defineInterface(ReadableStreamDefaultController, ['desiredSize', 'close', 'enqueue', 'error']);

module.exports = {
  DefaultReaderCore, ReadableCore, ReadableStream, ReadableStreamDefaultController,
  ReadableStreamDefaultReader, ReaderCore, callPull, cancelBy, createReadable, desiredSizeOf,
  prepare, startController, streamCore, unattached,
};
