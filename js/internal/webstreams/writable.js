'use strict';

// WritableStream, its writer and its controller.

const { AbortController } = require('internal/abort_controller');
const { invalidArgType } = require('internal/errors');
const {
  Deferred, Queue, coreOf, defineInterface, hide, illegalConstructor, inspectAs, invalidState,
  kCore, method, promiseOf, publicOf, rejected, resolved,
} = require('internal/webstreams/support');
const { checkObject, highWaterMarkOf, invalidValue, measured, sizeOf } = require('internal/webstreams/strategies');
const {
  kControllerErrorFunction, kIsClosedPromise, kIsErrored, kIsWritable,
} = require('internal/streams/predicates');

const { inspect: { custom } } = require('util');
const CLOSE = Symbol('close');

// What a WritableStream stands for.
class WritableCore {
  static type = 'WritableStream';
  state = 'writable';
  storedError;
  writer;
  controller;
  writes = new Queue();
  writing;
  closing;
  closeRequest;
  abortRequest;
  isUnderPressure = false;
  closed = new Deferred();

  get isLocked() { return this.writer !== undefined; }
  get isClosing() { return this.closeRequest !== undefined || this.closing !== undefined; }

  abort(reason) {
    if (this.state === 'closed' || this.state === 'errored') return Promise.resolve();
    this.controller.abortController.abort(reason);
    // Listeners of the signal may have changed it.
    if (this.state === 'closed' || this.state === 'errored') return Promise.resolve();
    if (this.abortRequest !== undefined) return this.abortRequest.promise;
    const wasFailing = this.state === 'erroring';
    const { promise, resolve, reject } = Promise.withResolvers();
    this.abortRequest = { promise, resolve, reject, reason: wasFailing ? undefined : reason, wasFailing };
    if (!wasFailing) this.startFailing(reason);
    return promise;
  }

  close() {
    if (this.state === 'closed' || this.state === 'errored') {
      return Promise.reject(invalidState(`WritableStream is ${this.state}`));
    }
    if (this.isClosing) return Promise.reject(invalidState('Failure closing WritableStream'));
    const request = Promise.withResolvers();
    this.closeRequest = request;
    if (this.writer !== undefined && this.isUnderPressure && this.state === 'writable') {
      this.writer.ready.resolve();
    }
    this.controller.close();
    return request.promise;
  }

  startFailing(error) {
    this.state = 'erroring';
    this.storedError = error;
    this.writer?.failReady(error);
    const isBusy = this.writing !== undefined || this.closing !== undefined;
    if (!isBusy && this.controller.isStarted) this.finishFailing();
  }

  finishFailing() {
    this.state = 'errored';
    this.controller.queue.clear();
    while (this.writes.length > 0) this.writes.shift().reject(this.storedError);
    const request = this.abortRequest;
    if (request === undefined) {
      this.rejectCloseAndClosed();
      return;
    }
    this.abortRequest = undefined;
    if (request.wasFailing) {
      request.reject(this.storedError);
      this.rejectCloseAndClosed();
      return;
    }
    this.controller.abortSink(request.reason).then(() => {
      request.resolve();
      this.rejectCloseAndClosed();
    }, (error) => {
      request.reject(error);
      this.rejectCloseAndClosed();
    });
  }

  rejectCloseAndClosed() {
    this.closeRequest?.reject(this.storedError);
    this.closeRequest = undefined;
    this.closed.reject(this.storedError);
    this.writer?.closed.reject(this.storedError);
  }

  // The sink could not write or close.
  failWith(error) {
    if (this.state === 'writable') this.startFailing(error);
    else this.finishFailing();
  }

  setPressure(isUnderPressure) {
    if (this.writer !== undefined && isUnderPressure !== this.isUnderPressure) {
      if (isUnderPressure) this.writer.ready = new Deferred();
      else this.writer.ready.resolve();
    }
    this.isUnderPressure = isUnderPressure;
  }

  wrote(error, isFailure) {
    const request = this.writing;
    this.writing = undefined;
    if (isFailure) {
      request.reject(error);
      this.failWith(error);
    } else {
      request.resolve();
    }
  }

  closedSink(error, isFailure) {
    const request = this.closing;
    this.closing = undefined;
    const { abortRequest } = this;
    if (isFailure) {
      request.reject(error);
      this.abortRequest = undefined;
      abortRequest?.reject(error);
      this.failWith(error);
      return;
    }
    request.resolve();
    if (this.state === 'erroring') {
      this.storedError = undefined;
      this.abortRequest = undefined;
      abortRequest?.resolve();
    }
    this.state = 'closed';
    this.writer?.closed.resolve();
    this.closed.resolve();
  }
}

// What a WritableStreamDefaultController stands for.
class ControllerCore {
  static type = 'WritableStreamDefaultController';
  queue = new Queue();
  isStarted = false;
  abortController = new AbortController();

  constructor(core, algorithms, mark, size) {
    this.core = core;
    this.algorithms = algorithms;
    this.mark = mark;
    this.size = size;
    core.controller = this;
    core.setPressure(this.desiredSize <= 0);
  }

  start(result) {
    const begin = () => {
      this.isStarted = true;
      this.advance();
    };
    new Promise((resolve) => { resolve(result); }).then(begin, (error) => {
      this.isStarted = true;
      this.core.failWith(error);
    });
  }

  get desiredSize() { return this.mark - this.queue.size; }

  measure(chunk) {
    try {
      return measured(this.size, chunk);
    } catch (error) {
      this.errorIfNeeded(error);
      return 1;
    }
  }

  write(chunk, size) {
    try {
      this.queue.push(chunk, size);
    } catch (error) {
      this.errorIfNeeded(error);
      return;
    }
    const { core } = this;
    if (!core.isClosing && core.state === 'writable') core.setPressure(this.desiredSize <= 0);
    this.advance();
  }

  close() {
    this.queue.push(CLOSE, 0);
    this.advance();
  }

  advance() {
    const { core, queue } = this;
    if (!this.isStarted || core.writing !== undefined) return;
    if (core.state === 'erroring') {
      core.finishFailing();
      return;
    }
    if (queue.length === 0) return;
    if (queue.first === CLOSE) this.processClose();
    else this.processWrite(queue.first);
  }

  processClose() {
    const { core } = this;
    core.closing = core.closeRequest;
    core.closeRequest = undefined;
    this.queue.shift();
    const outcome = this.algorithms.close?.() ?? Promise.resolve();
    this.algorithms = {};
    outcome.then(() => core.closedSink(), (error) => core.closedSink(error, true));
  }

  processWrite(chunk) {
    const { core, queue } = this;
    core.writing = core.writes.shift();
    const outcome = this.algorithms.write?.(chunk, this.public) ?? Promise.resolve();
    outcome.then(() => {
      core.wrote();
      queue.shift();
      if (!core.isClosing && core.state === 'writable') core.setPressure(this.desiredSize <= 0);
      this.advance();
    }, (error) => {
      if (core.state === 'writable') this.algorithms = {};
      core.wrote(error, true);
    });
  }

  abortSink(reason) {
    const outcome = this.algorithms.abort?.(reason) ?? Promise.resolve();
    this.algorithms = {};
    return outcome;
  }

  error(error) {
    this.algorithms = {};
    this.core.startFailing(error);
  }

  errorIfNeeded(error) {
    if (this.core.state === 'writable') this.error(error);
  }
}

// What a WritableStreamDefaultWriter stands for.
class WriterCore {
  static type = 'WritableStreamDefaultWriter';

  constructor(core) {
    if (core.isLocked) throw invalidState('WritableStream is locked');
    this.core = core;
    core.writer = this;
    const { state } = core;
    const isOver = state === 'closed' || state === 'errored';
    if (state === 'errored' || state === 'erroring') this.ready = rejected(core.storedError);
    else if (state === 'writable' && !core.isClosing && core.isUnderPressure) this.ready = new Deferred();
    else this.ready = resolved();
    if (!isOver) this.closed = new Deferred();
    else this.closed = state === 'closed' ? resolved() : rejected(core.storedError);
  }

  get desiredSize() {
    const { state, controller } = this.core;
    if (state === 'errored' || state === 'erroring') return null;
    return state === 'closed' ? 0 : controller.desiredSize;
  }

  failReady(error) {
    // Rejecting a promise that is settled would change nothing: a new one takes its place.
    if (this.ready.isSettled) this.ready = rejected(error);
    else this.ready.reject(error);
  }

  failClosed(error) {
    if (this.closed.isSettled) this.closed = rejected(error);
    else this.closed.reject(error);
  }

  write(chunk) {
    const { core } = this;
    const { controller } = core;
    const size = controller.measure(chunk);
    if (core !== this.core) return Promise.reject(invalidState('Mismatched WritableStreams'));
    if (core.state === 'errored') return Promise.reject(core.storedError);
    if (core.isClosing || core.state === 'closed') return Promise.reject(invalidState('WritableStream is closed'));
    if (core.state === 'erroring') return Promise.reject(core.storedError);
    const request = Promise.withResolvers();
    core.writes.push(request);
    controller.write(chunk, size);
    return request.promise;
  }

  closeWithPropagation() {
    const { core } = this;
    if (core.isClosing || core.state === 'closed') return Promise.resolve();
    if (core.state === 'errored') return Promise.reject(core.storedError);
    return core.close();
  }

  release() {
    const { core } = this;
    const error = invalidState('Writer has been released');
    this.failReady(error);
    this.failClosed(error);
    core.writer = undefined;
    this.core = undefined;
  }
}

class WritableStreamDefaultController {
  constructor() { throw illegalConstructor(); }

  get signal() { return coreOf(this, ControllerCore).abortController.signal; }

  error(error = undefined) {
    coreOf(this, ControllerCore).errorIfNeeded(error);
  }

  [custom](depth, options) {
    const { core } = coreOf(this, ControllerCore);
    return inspectAs('WritableStreamDefaultController', depth, options, { stream: core.public });
  }
}

class WritableStreamDefaultWriter {
  constructor(stream) {
    const core = stream?.[kCore];
    if (!(core instanceof WritableCore)) throw invalidArgType('stream', 'an instance of WritableStream', stream);
    this[kCore] = new WriterCore(core);
    hide(this);
  }

  get closed() { return promiseOf(this, WriterCore, (writer) => writer.closed.promise); }
  get ready() { return promiseOf(this, WriterCore, (writer) => writer.ready.promise); }

  get desiredSize() {
    const writer = coreOf(this, WriterCore);
    if (writer.core === undefined) throw unbound();
    return writer.desiredSize;
  }

  abort(reason = undefined) {
    return promiseOf(this, WriterCore, ({ core }) => (core === undefined ? Promise.reject(unbound()) : core.abort(reason)));
  }

  close() {
    return promiseOf(this, WriterCore, ({ core }) => {
      if (core === undefined) return Promise.reject(unbound());
      if (core.isClosing) return Promise.reject(invalidState('Failure to close WritableStream'));
      return core.close();
    });
  }

  releaseLock() {
    const writer = coreOf(this, WriterCore);
    if (writer.core !== undefined) writer.release();
  }

  write(chunk = undefined) {
    return promiseOf(this, WriterCore, (writer) => (
      writer.core === undefined ? Promise.reject(unbound()) : writer.write(chunk)));
  }

  [custom](depth, options) {
    const writer = coreOf(this, WriterCore);
    const { core, closed, ready } = writer;
    const desiredSize = core && writer.desiredSize;
    const fields = { stream: core?.public, close: closed.promise, ready: ready.promise, desiredSize };
    return inspectAs('WritableStreamDefaultWriter', depth, options, fields);
  }
}

function unbound() {
  return invalidState('Writer is not bound to a WritableStream');
}

class WritableStream {
  constructor(sink = undefined, strategy = {}) {
    if (sink !== undefined) checkObject(sink, 'sink');
    if (strategy !== null) checkObject(strategy, 'strategy');
    if (sink?.type !== undefined) throw invalidValue('type', sink.type);
    const size = sizeOf(strategy);
    const mark = highWaterMarkOf(strategy, 1);
    const algorithms = {
      write: method(sink, 'write', 'sink'),
      close: method(sink, 'close', 'sink'),
      abort: method(sink, 'abort', 'sink'),
    };
    const start = sink?.start;
    setUp(this, algorithms, mark, size, (controller) => start?.call(sink, controller));
  }

  get locked() { return coreOf(this, WritableCore).isLocked; }

  abort(reason = undefined) {
    return promiseOf(this, WritableCore, (core) => {
      if (core.isLocked) return Promise.reject(invalidState('WritableStream is locked'));
      return core.abort(reason);
    });
  }

  close() {
    return promiseOf(this, WritableCore, (core) => {
      if (core.isLocked) return Promise.reject(invalidState('WritableStream is locked'));
      if (core.isClosing) return Promise.reject(invalidState('Failure closing WritableStream'));
      return core.close();
    });
  }

  getWriter() {
    coreOf(this, WritableCore);
    return new WritableStreamDefaultWriter(this);
  }

  get [kIsClosedPromise]() { return this[kCore].closed; }
  get [kIsErrored]() { return this[kCore].state === 'errored'; }
  get [kIsWritable]() { return this[kCore].state === 'writable'; }
  [kControllerErrorFunction](error) { this[kCore].controller.errorIfNeeded(error); }

  [custom](depth, options) {
    const { isLocked: locked, state } = coreOf(this, WritableCore);
    return inspectAs('WritableStream', depth, options, { locked, state });
  }
}

function setUp(stream, algorithms, mark, size, start) {
  const core = new WritableCore();
  core.public = stream;
  stream[kCore] = core;
  hide(stream);
  const controller = new ControllerCore(core, algorithms, mark, size);
  controller.start(start(publicOf(WritableStreamDefaultController, controller)));
  return core;
}

// A WritableStream of our own making.
function createWritable(algorithms, mark, size, start) {
  const stream = Object.create(WritableStream.prototype);
  setUp(stream, algorithms, mark, size, start);
  return stream;
}

defineInterface(WritableStream, ['locked', 'abort', 'close', 'getWriter']);
defineInterface(WritableStreamDefaultWriter, [
  'closed', 'ready', 'desiredSize', 'abort', 'close', 'releaseLock', 'write',
]);
defineInterface(WritableStreamDefaultController, ['signal', 'error']);

module.exports = {
  WritableCore, WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter,
  WriterCore, createWritable,
};
