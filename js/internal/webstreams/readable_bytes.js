'use strict';

// Readable byte streams: their controller, the reader into buffers of the program, its requests.

const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { validateFunction } = require('internal/validate');
const {
  ReadRequest, coreOf, defineInterface, hide, illegalConstructor, inspectAs, invalidState,
  kCore, method, promiseOf, publicOf,
} = require('internal/webstreams/support');
const {
  ReaderCore, callPull, cancelBy, desiredSizeOf, startController, streamCore, unattached,
} = require('internal/webstreams/readable');
const { checkObject } = require('internal/webstreams/strategies');

const { inspect: { custom } } = require('util');
const { isView } = ArrayBuffer;
const { isInteger } = Number;
const { min } = Math;

class ByobReaderCore extends ReaderCore {
  static type = 'ReadableStreamBYOBReader';
  isByob = true;
}

// A buffer that is being filled for a read.
class Filling {
  filled = 0;

  constructor(buffer, offset, length, minimum, View, reader) {
    this.buffer = buffer;
    this.bufferLength = buffer.byteLength;
    this.offset = offset;
    this.length = length;
    this.minimum = minimum;
    this.View = View;
    this.elementSize = View.BYTES_PER_ELEMENT ?? 1;
    // 'default', 'byob', or 'none' once the reader went.
    this.reader = reader;
  }

  // What is filled, as the view that was asked for.
  take() {
    const { View } = this;
    return new View(this.buffer.transfer(), this.offset, this.filled / this.elementSize);
  }
}

// What a ReadableByteStreamController stands for.
class ByteControllerCore {
  static type = 'ReadableByteStreamController';

  isBytes = true;
  queue = [];
  size = 0;
  isStarted = false;
  isClosing = false;
  isPulling = false;
  pullsAgain = false;
  fillings = [];
  request = null;

  constructor(core, algorithms, mark, chunkSize) {
    this.core = core;
    this.algorithms = algorithms;
    this.mark = mark;
    this.chunkSize = chunkSize;
    core.controller = this;
  }

  get canTake() { return !this.isClosing && this.core.state === 'readable'; }

  get desiredSize() { return desiredSizeOf(this.core, this.mark - this.size); }

  get wantsPull() {
    if (!this.canTake || !this.isStarted) return false;
    return this.core.waiting > 0 || this.desiredSize > 0;
  }

  get byobRequest() {
    if (this.request === null && this.fillings.length > 0) {
      const { buffer, offset, filled, length } = this.fillings[0];
      const view = new Uint8Array(buffer, offset + filled, length - filled);
      publicOf(ReadableStreamBYOBRequest, new RequestCore(this, view));
    }
    return this.request?.public ?? null;
  }

  invalidateRequest() {
    if (this.request === null) return;
    this.request.controller = undefined;
    this.request.view = null;
    this.request = null;
  }

  clear() {
    this.invalidateRequest();
    this.fillings = [];
    this.queue = [];
    this.size = 0;
  }

  cancel(reason) {
    this.clear();
    const outcome = this.algorithms.cancel?.(reason) ?? Promise.resolve();
    this.algorithms = {};
    return outcome;
  }

  release() {
    if (this.fillings.length === 0) return;
    const [first] = this.fillings;
    first.reader = 'none';
    this.fillings = [first];
  }

  error(error) {
    if (this.core.state !== 'readable') return;
    this.clear();
    this.algorithms = {};
    this.core.fail(error);
  }

  close() {
    if (!this.canTake) return;
    if (this.size > 0) {
      this.isClosing = true;
      return;
    }
    const [first] = this.fillings;
    if (first !== undefined && first.filled % first.elementSize !== 0) {
      const error = invalidState('Partial read');
      this.error(error);
      throw error;
    }
    this.algorithms = {};
    this.core.close();
  }

  // A read by the default reader.
  pull(request) {
    const { core } = this;
    if (this.size > 0) {
      this.giveEntry(request);
      return;
    }
    if (this.chunkSize !== undefined) {
      let buffer;
      try {
        buffer = new ArrayBuffer(this.chunkSize);
      } catch (error) {
        request.error(error);
        return;
      }
      this.fillings.push(new Filling(buffer, 0, this.chunkSize, 1, Uint8Array, 'default'));
    }
    core.reader.requests.push(request);
    callPull(this);
  }

  // A read into a buffer of the program.
  pullInto(view, minimum, request) {
    const { core } = this;
    const View = view.constructor;
    const { byteOffset, byteLength } = view;
    let buffer;
    try {
      buffer = view.buffer.transfer();
    } catch (error) {
      request.error(error);
      return;
    }
    const elementSize = View.BYTES_PER_ELEMENT ?? 1;
    const filling = new Filling(buffer, byteOffset, byteLength, minimum * elementSize, View, 'byob');
    if (this.fillings.length > 0) {
      this.fillings.push(filling);
      core.reader.requests.push(request);
      return;
    }
    if (core.state === 'closed') {
      request.close(new View(filling.buffer, byteOffset, 0));
      return;
    }
    if (this.size > 0) {
      if (this.fill(filling)) {
        const chunk = filling.take();
        this.afterTaking();
        request.chunk(chunk);
        return;
      }
      if (this.isClosing) {
        const error = invalidState('ReadableStream closed');
        this.error(error);
        request.error(error);
        return;
      }
    }
    this.fillings.push(filling);
    core.reader.requests.push(request);
    callPull(this);
  }

  enqueue(chunk) {
    if (!this.canTake) return;
    const { core } = this;
    const { byteOffset, byteLength } = chunk;
    const buffer = chunk.buffer.transfer();
    const [first] = this.fillings;
    if (first !== undefined) {
      if (first.buffer.detached) throw invalidState('Destination ArrayBuffer is detached');
      this.invalidateRequest();
      first.buffer = first.buffer.transfer();
      if (first.reader === 'none') this.keepDetached(first);
    }
    if (core.reader !== undefined && !core.reader.isByob) {
      const { requests } = core.reader;
      while (requests.length > 0 && this.size > 0) this.giveEntry(requests.shift());
      if (requests.length === 0) {
        this.keep(buffer, byteOffset, byteLength);
      } else {
        if (this.fillings.length > 0) this.fillings.shift();
        requests.shift().chunk(new Uint8Array(buffer, byteOffset, byteLength));
      }
    } else {
      this.keep(buffer, byteOffset, byteLength);
      if (core.reader !== undefined) this.commitAll(this.fillFromQueue());
    }
    callPull(this);
  }

  keep(buffer, offset, length) {
    this.queue.push({ buffer, offset, length });
    this.size += length;
  }

  keepCopy(buffer, offset, length) {
    this.keep(buffer.slice(offset, offset + length), 0, length);
  }

  // The reader went before it was filled: what is there waits for the next one.
  keepDetached(filling) {
    if (filling.filled > 0) this.keepCopy(filling.buffer, filling.offset, filling.filled);
    this.fillings.shift();
  }

  giveEntry(request) {
    const { buffer, offset, length } = this.queue.shift();
    this.size -= length;
    this.afterTaking();
    request.chunk(new Uint8Array(buffer, offset, length));
  }

  afterTaking() {
    if (this.size === 0 && this.isClosing) {
      this.algorithms = {};
      this.core.close();
    } else {
      callPull(this);
    }
  }

  // Moves what waits into the buffer; true if that is enough for its read.
  fill(filling) {
    const most = min(this.size, filling.length - filling.filled);
    const end = filling.filled + most;
    const aligned = end - (end % filling.elementSize);
    const isEnough = aligned >= filling.minimum;
    let missing = isEnough ? aligned - filling.filled : most;
    while (missing > 0) {
      const [entry] = this.queue;
      const count = min(missing, entry.length);
      const target = new Uint8Array(filling.buffer, filling.offset + filling.filled, count);
      target.set(new Uint8Array(entry.buffer, entry.offset, count));
      if (entry.length === count) {
        this.queue.shift();
      } else {
        entry.offset += count;
        entry.length -= count;
      }
      this.size -= count;
      filling.filled += count;
      missing -= count;
    }
    return isEnough;
  }

  fillFromQueue() {
    const done = [];
    while (this.fillings.length > 0 && this.size > 0) {
      const [filling] = this.fillings;
      if (!this.fill(filling)) break;
      this.fillings.shift();
      done.push(filling);
    }
    return done;
  }

  commitAll(fillings) {
    for (let i = 0; i < fillings.length; i++) this.commit(fillings[i]);
  }

  // Gives a filled buffer to the read that it is for.
  commit(filling) {
    const { core } = this;
    const view = filling.take();
    const request = core.reader.requests.shift();
    if (core.state === 'closed') request.close(view);
    else request.chunk(view);
  }

  respond(count) {
    const [first] = this.fillings;
    if (this.core.state === 'closed') {
      if (count !== 0) throw invalidState('Controller is closed');
    } else {
      if (count === 0) throw invalidState('Controller cannot be closed');
      if (first.filled + count > first.length) throw outOfRange('The response does not match the view');
    }
    first.buffer = first.buffer.transfer();
    this.responded(count);
  }

  respondWithNewView(view) {
    const [first] = this.fillings;
    const { byteLength, byteOffset } = view;
    if (this.core.state === 'closed') {
      if (byteLength !== 0) throw invalidState('Controller is closed');
    } else if (byteLength === 0) {
      throw invalidState('Controller cannot be closed');
    }
    if (first.offset + first.filled !== byteOffset) throw outOfRange('The view has another offset');
    if (first.filled + byteLength > first.length || first.bufferLength !== view.buffer.byteLength) {
      throw outOfRange('The view has another length');
    }
    first.buffer = view.buffer.transfer();
    this.responded(byteLength);
  }

  responded(count) {
    this.invalidateRequest();
    if (this.core.state === 'closed') this.respondedClosed();
    else this.respondedReadable(count);
    callPull(this);
  }

  respondedClosed() {
    if (this.fillings[0].reader === 'none') this.fillings.shift();
    const { core } = this;
    if (!core.reader?.isByob) return;
    const done = [];
    while (done.length < core.waiting) done.push(this.fillings.shift());
    this.commitAll(done);
  }

  respondedReadable(count) {
    const [first] = this.fillings;
    first.filled += count;
    if (first.reader === 'none') {
      this.keepDetached(first);
      this.commitAll(this.fillFromQueue());
      return;
    }
    if (first.filled < first.minimum) return;
    this.fillings.shift();
    const rest = first.filled % first.elementSize;
    if (rest > 0) {
      this.keepCopy(first.buffer, first.offset + first.filled - rest, rest);
      first.filled -= rest;
    }
    const done = this.fillFromQueue();
    this.commit(first);
    this.commitAll(done);
  }
}

function outOfRange(message) {
  return coded('ERR_INVALID_ARG_VALUE', message, 'RangeError');
}

// What a ReadableStreamBYOBRequest stands for.
class RequestCore {
  static type = 'ReadableStreamBYOBRequest';

  constructor(controller, view) {
    this.controller = controller;
    this.view = view;
    controller.request = this;
  }
}

class ReadableStreamBYOBRequest {
  constructor() { throw illegalConstructor(); }

  get view() { return coreOf(this, RequestCore).view; }

  respond(bytesWritten) {
    const { controller, view } = coreOf(this, RequestCore);
    if (controller === undefined) throw invalidState('This BYOB request has been invalidated');
    if (view.buffer.detached || view.byteLength === 0) throw invalidState('Viewed ArrayBuffer is detached');
    controller.respond(+bytesWritten);
  }

  respondWithNewView(view) {
    const { controller } = coreOf(this, RequestCore);
    if (controller === undefined) throw invalidState('This BYOB request has been invalidated');
    checkView(view);
    if (view.buffer.detached) throw invalidState('Viewed ArrayBuffer is detached');
    controller.respondWithNewView(view);
  }

  [custom](depth, options) {
    const { view, controller } = coreOf(this, RequestCore);
    return inspectAs('ReadableStreamBYOBRequest', depth, options, { view, controller: controller?.public });
  }
}

function checkView(view, name = 'view') {
  if (!isView(view)) throw invalidArgType(name, 'an instance of Buffer, TypedArray, or DataView', view);
}

class ReadableByteStreamController {
  constructor() { throw illegalConstructor(); }

  get byobRequest() { return coreOf(this, ByteControllerCore).byobRequest; }

  get desiredSize() { return coreOf(this, ByteControllerCore).desiredSize; }

  close() {
    const controller = coreOf(this, ByteControllerCore);
    if (controller.isClosing) throw invalidState('Controller is already closed');
    if (controller.core.state !== 'readable') throw invalidState('ReadableStream is already closed');
    controller.close();
  }

  enqueue(chunk) {
    const controller = coreOf(this, ByteControllerCore);
    checkView(chunk, 'buffer');
    if (chunk.byteLength === 0 || chunk.buffer.byteLength === 0) {
      throw invalidState('chunk ArrayBuffer is zero-length or detached');
    }
    if (controller.isClosing) throw invalidState('Controller is already closed');
    if (controller.core.state !== 'readable') throw invalidState('ReadableStream is already closed');
    controller.enqueue(chunk);
  }

  error(error = undefined) { coreOf(this, ByteControllerCore).error(error); }

  [custom](depth, options) {
    coreOf(this, ByteControllerCore);
    return inspectAs('ReadableByteStreamController', depth, options, {});
  }
}

class ReadableStreamBYOBReader {
  constructor(stream) {
    const core = streamCore(stream);
    if (core.isLocked) throw invalidState('ReadableStream is locked');
    if (!core.controller.isBytes) throw invalidArgValue('stream', stream, 'must be a byte stream');
    this[kCore] = new ByobReaderCore(core);
    hide(this);
  }

  get closed() { return promiseOf(this, ByobReaderCore, (reader) => reader.closed.promise); }

  cancel(reason = undefined) {
    return promiseOf(this, ByobReaderCore, (reader) => cancelBy(reader, reason));
  }

  async read(view, options = {}) {
    const reader = coreOf(this, ByobReaderCore);
    checkView(view);
    if (options !== null) checkObject(options, 'options');
    if (view.byteLength === 0 || view.buffer.byteLength === 0) {
      throw invalidState('View or Viewed ArrayBuffer is zero-length or detached');
    }
    if (view.buffer.detached) throw invalidState('Viewed ArrayBuffer is detached');
    const minimum = checkMinimum(options?.min ?? 1, view);
    if (reader.core === undefined) throw unattached();
    const request = new ReadRequest();
    readInto(reader.core, view, minimum, request);
    return request.promise;
  }

  releaseLock() {
    const reader = coreOf(this, ByobReaderCore);
    if (reader.core !== undefined) reader.release();
  }

  [custom](depth, options) {
    const { core, closed, requests } = coreOf(this, ByobReaderCore);
    const fields = { stream: core?.public, requests: requests.length, close: closed.promise };
    return inspectAs('ReadableStreamBYOBReader', depth, options, fields);
  }
}

function checkMinimum(minimum, view) {
  if (typeof minimum !== 'number') throw invalidArgType('options.min', 'of type number', minimum);
  if (!isInteger(minimum)) throw invalidArgValue('options.min', minimum, 'must be an integer');
  if (minimum <= 0) throw invalidArgValue('options.min', minimum, 'must be greater than 0');
  const most = view.length ?? view.byteLength;
  if (minimum > most) {
    throw require('internal/errors').outOfRange('options.min', view.length === undefined ?
      '<= view.byteLength' : '<= view.length', minimum);
  }
  return minimum;
}

function readInto(core, view, minimum, request) {
  core.isDisturbed = true;
  if (core.state === 'errored') request.error(core.storedError);
  else core.controller.pullInto(view, minimum, request);
}

// Makes a byte stream of a program's source.
function setUpBytes(core, source, mark) {
  const { autoAllocateChunkSize: size, start } = source;
  if (size === 0) throw invalidArgValue('source.autoAllocateChunkSize', size);
  const algorithms = { pull: method(source, 'pull', 'source'), cancel: method(source, 'cancel', 'source') };
  if (start !== undefined) validateFunction(start, 'source.start');
  setUpByteController(core, algorithms, mark, size, (controller) => start?.call(source, controller));
}

function setUpByteController(core, algorithms, mark, chunkSize, start) {
  const controller = new ByteControllerCore(core, algorithms, mark, chunkSize);
  startController(controller, start(publicOf(ReadableByteStreamController, controller)));
}

defineInterface(ReadableStreamBYOBRequest, ['view', 'respond', 'respondWithNewView']);
defineInterface(ReadableByteStreamController, ['byobRequest', 'desiredSize', 'close', 'enqueue', 'error']);
defineInterface(ReadableStreamBYOBReader, ['closed', 'cancel', 'read', 'releaseLock']);

module.exports = {
  ByobReaderCore, ReadableByteStreamController, ReadableStreamBYOBReader, ReadableStreamBYOBRequest,
  readInto, setUpByteController, setUpBytes,
};
