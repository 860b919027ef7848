'use strict';

// TransformStream and its controller.

const {
  Deferred, coreOf, defineInterface, hide, illegalConstructor, inspectAs, invalidState, kCore,
  method, publicOf,
} = require('internal/webstreams/support');
const { checkObject, highWaterMarkOf, invalidValue, sizeOf } = require('internal/webstreams/strategies');
const { createReadable } = require('internal/webstreams/readable');
const { createWritable } = require('internal/webstreams/writable');

const { inspect: { custom } } = require('util');

// What a TransformStream stands for, and its controller too.
class TransformCore {
  static type = 'TransformStream';

  isUnderPressure;
  pressureChange;
  ending;

  constructor(algorithms) {
    this.algorithms = algorithms;
  }

  connect(writableMark, writableSize, readableMark, readableSize, started) {
    this.writable = createWritable({
      write: (chunk) => this.write(chunk),
      close: () => this.close(),
      abort: (reason) => this.abort(reason),
    }, writableMark, writableSize, () => started);
    this.readable = createReadable({
      pull: () => this.pull(),
      cancel: (reason) => this.cancel(reason),
    }, readableMark, readableSize, () => started);
    this.source = this.readable[kCore];
    this.sink = this.writable[kCore];
    this.setPressure(true);
  }

  setPressure(isUnderPressure) {
    this.pressureChange?.resolve();
    this.pressureChange = new Deferred();
    this.isUnderPressure = isUnderPressure;
  }

  error(error) {
    this.source.controller.error(error);
    this.failWriting(error);
  }

  failWriting(error) {
    this.algorithms = {};
    this.sink.controller.errorIfNeeded(error);
    if (this.isUnderPressure) this.setPressure(false);
  }

  enqueue(chunk) {
    const { controller } = this.source;
    if (!controller.canTake) throw invalidState('Unable to enqueue');
    try {
      controller.enqueue(chunk);
    } catch (error) {
      this.failWriting(error);
      throw this.source.storedError;
    }
    const isUnderPressure = !controller.wantsPull;
    if (isUnderPressure !== this.isUnderPressure) this.setPressure(true);
  }

  async transform(chunk) {
    const { transform } = this.algorithms;
    try {
      await (transform === undefined ? this.enqueue(chunk) : transform(chunk, this.controller));
    } catch (error) {
      this.error(error);
      throw error;
    }
  }

  write(chunk) {
    if (!this.isUnderPressure) return this.transform(chunk);
    return this.pressureChange.promise.then(() => {
      if (this.sink.state === 'erroring') throw this.sink.storedError;
      return this.transform(chunk);
    });
  }

  // The end of one side, by whichever of the three ways comes first.
  end(call, settle) {
    if (this.ending !== undefined) return this.ending.promise;
    this.ending = new Deferred();
    const outcome = call?.() ?? Promise.resolve();
    this.algorithms = {};
    outcome.then(() => settle(undefined, false), (error) => settle(error, true));
    return this.ending.promise;
  }

  async abort(reason) {
    const { source } = this;
    const { cancel } = this.algorithms;
    return this.end(cancel && (() => cancel(reason)), (error, isFailure) => {
      if (isFailure || source.state === 'errored') {
        if (isFailure) source.controller.error(error);
        this.ending.reject(isFailure ? error : source.storedError);
      } else {
        source.controller.error(reason);
        this.ending.resolve();
      }
    });
  }

  close() {
    const { source } = this;
    const { flush } = this.algorithms;
    return this.end(flush && (() => flush(this.controller)), (error, isFailure) => {
      if (isFailure || source.state === 'errored') {
        if (isFailure) source.controller.error(error);
        this.ending.reject(isFailure ? error : source.storedError);
      } else {
        source.controller.close();
        this.ending.resolve();
      }
    });
  }

  cancel(reason) {
    const { sink } = this;
    const { cancel } = this.algorithms;
    return this.end(cancel && (() => cancel(reason)), (error, isFailure) => {
      if (isFailure || sink.state === 'errored') {
        if (isFailure) {
          sink.controller.errorIfNeeded(error);
          if (this.isUnderPressure) this.setPressure(false);
        }
        this.ending.reject(isFailure ? error : sink.storedError);
      } else {
        sink.controller.errorIfNeeded(reason);
        if (this.isUnderPressure) this.setPressure(false);
        this.ending.resolve();
      }
    });
  }

  async pull() {
    this.setPressure(false);
    return this.pressureChange.promise;
  }

  terminate() {
    this.source.controller.close();
    this.failWriting(invalidState('TransformStream terminated'));
  }
}

// What a TransformStreamDefaultController stands for.
class TransformControllerCore {
  static type = 'TransformStreamDefaultController';

  constructor(transform) {
    this.transform = transform;
  }
}

class TransformStreamDefaultController {
  constructor() { throw illegalConstructor(); }

  get desiredSize() {
    return coreOf(this, TransformControllerCore).transform.source.controller.desiredSize;
  }

  enqueue(chunk = undefined) { coreOf(this, TransformControllerCore).transform.enqueue(chunk); }

  error(reason = undefined) { coreOf(this, TransformControllerCore).transform.error(reason); }

  terminate() { coreOf(this, TransformControllerCore).transform.terminate(); }

  [custom](depth, options) {
    const { transform } = coreOf(this, TransformControllerCore);
    return inspectAs('TransformStreamDefaultController', depth, options, { stream: transform.public });
  }
}

class TransformStream {
  constructor(transformer = {}, writableStrategy = {}, readableStrategy = {}) {
    checkObject(transformer, 'transformer');
    if (writableStrategy !== null) checkObject(writableStrategy, 'writableStrategy');
    if (readableStrategy !== null) checkObject(readableStrategy, 'readableStrategy');
    const { readableType, writableType, start } = transformer;
    if (readableType !== undefined) throw invalidValue('transformer.readableType', readableType);
    if (writableType !== undefined) throw invalidValue('transformer.writableType', writableType);
    const readableMark = highWaterMarkOf(readableStrategy, 0);
    const readableSize = sizeOf(readableStrategy);
    const writableMark = highWaterMarkOf(writableStrategy, 1);
    const writableSize = sizeOf(writableStrategy);
    const core = new TransformCore({
      transform: method(transformer, 'transform', 'transformer'),
      flush: method(transformer, 'flush', 'transformer'),
      cancel: method(transformer, 'cancel', 'transformer'),
    });
    core.public = this;
    this[kCore] = core;
    hide(this);
    const started = Promise.withResolvers();
    core.connect(writableMark, writableSize, readableMark, readableSize, started.promise);
    core.controller = publicOf(TransformStreamDefaultController, new TransformControllerCore(core));
    started.resolve(start?.call(transformer, core.controller));
  }

  get readable() { return coreOf(this, TransformCore).readable; }
  get writable() { return coreOf(this, TransformCore).writable; }

  [custom](depth, options) {
    const { readable, writable, isUnderPressure: backpressure } = coreOf(this, TransformCore);
    return inspectAs('TransformStream', depth, options, { readable, writable, backpressure });
  }
}

defineInterface(TransformStreamDefaultController, ['desiredSize', 'enqueue', 'error', 'terminate']);
defineInterface(TransformStream, ['readable', 'writable']);

module.exports = { TransformStream, TransformStreamDefaultController };
