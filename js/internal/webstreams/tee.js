'use strict';

// `tee`: two branches of one ReadableStream.

const {
  DefaultReaderCore, ReadableStream, createReadable, prepare,
} = require('internal/webstreams/readable');
const { kCore } = require('internal/webstreams/support');

function tee(core) {
  return core.controller.isBytes ? teeBytes(core) : teeDefault(core);
}

// What both kinds do when the branches are cancelled: the source is, once both are.
class Cancellation {
  reasons = [undefined, undefined];
  cancelled = [false, false];
  outcome = Promise.withResolvers();

  constructor(core) {
    this.core = core;
  }

  cancel(branch, reason) {
    this.cancelled[branch] = true;
    this.reasons[branch] = reason;
    if (this.cancelled[1 - branch]) this.outcome.resolve(this.core.cancel(this.reasons));
    return this.outcome.promise;
  }

  get isComplete() { return this.cancelled[0] && this.cancelled[1]; }
}

function teeDefault(core) {
  const reader = new DefaultReaderCore(core);
  const cancellation = new Cancellation(core);
  let isReading = false;
  let readsAgain = false;
  const branches = [];
  const forBranches = (call) => {
    for (let i = 0; i < 2; i++) {
      if (!cancellation.cancelled[i]) call(branches[i][kCore].controller);
    }
  };
  const request = {
    chunk(value) {
      queueMicrotask(() => {
        readsAgain = false;
        forBranches((controller) => controller.enqueue(value));
        isReading = false;
        if (readsAgain) pull();
      });
    },
    close() {
      isReading = false;
      forBranches((controller) => controller.close());
      if (!cancellation.isComplete) cancellation.outcome.resolve();
    },
    error() { isReading = false; },
  };
  const pull = () => {
    if (isReading) {
      readsAgain = true;
    } else {
      isReading = true;
      core.read(request);
    }
    return Promise.resolve();
  };
  for (let i = 0; i < 2; i++) {
    branches[i] = createReadable({ pull, cancel: (reason) => cancellation.cancel(i, reason) }, 1, undefined);
  }
  reader.closed.promise.then(undefined, (error) => {
    for (let i = 0; i < 2; i++) branches[i][kCore].controller.error(error);
    if (!cancellation.isComplete) cancellation.outcome.resolve();
  });
  return branches;
}

// Byte streams: a branch may be read into a buffer, which then is filled from the source directly.
function teeBytes(core) {
  const { ByobReaderCore, readInto, setUpByteController } = require('internal/webstreams/readable_bytes');
  const cancellation = new Cancellation(core);
  const controllers = [];
  const again = [false, false];
  let reader = new DefaultReaderCore(core);
  let isReading = false;

  const forwardError = (from) => {
    from.closed.promise.then(undefined, (error) => {
      if (from !== reader) return;
      for (let i = 0; i < 2; i++) controllers[i].error(error);
      if (!cancellation.isComplete) cancellation.outcome.resolve();
    });
  };
  const use = (Reader) => {
    if (reader instanceof Reader) return;
    reader.release();
    reader = new Reader(core);
    forwardError(reader);
  };
  const fail = (error) => {
    for (let i = 0; i < 2; i++) controllers[i].error(error);
    cancellation.outcome.resolve(core.cancel(error));
  };
  const readAgain = () => {
    isReading = false;
    if (again[0]) pull(0);
    else if (again[1]) pull(1);
  };
  const copyOf = (chunk) => {
    const { buffer, byteOffset, byteLength } = chunk;
    return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
  };
  const pullDefault = () => {
    use(DefaultReaderCore);
    core.read({
      chunk(chunk) {
        queueMicrotask(() => {
          again[0] = again[1] = false;
          const [first, second] = cancellation.cancelled;
          let copy = chunk;
          if (!first && !second) {
            try {
              copy = copyOf(chunk);
            } catch (error) {
              fail(error);
              return;
            }
          }
          if (!first) controllers[0].enqueue(chunk);
          if (!second) controllers[1].enqueue(copy);
          readAgain();
        });
      },
      close() {
        isReading = false;
        for (let i = 0; i < 2; i++) if (!cancellation.cancelled[i]) controllers[i].close();
        for (let i = 0; i < 2; i++) if (controllers[i].fillings.length > 0) controllers[i].respond(0);
        if (!cancellation.isComplete) cancellation.outcome.resolve();
      },
      error() { isReading = false; },
    });
  };
  const pullInto = (view, branch) => {
    use(ByobReaderCore);
    const mine = controllers[branch];
    const other = controllers[1 - branch];
    readInto(core, view, 1, {
      chunk(chunk) {
        queueMicrotask(() => {
          again[0] = again[1] = false;
          const isMineGone = cancellation.cancelled[branch];
          if (!cancellation.cancelled[1 - branch]) {
            let copy;
            try {
              copy = copyOf(chunk);
            } catch (error) {
              fail(error);
              return;
            }
            if (!isMineGone) mine.respondWithNewView(chunk);
            other.enqueue(copy);
          } else if (!isMineGone) {
            mine.respondWithNewView(chunk);
          }
          readAgain();
        });
      },
      close(chunk) {
        isReading = false;
        const isMineGone = cancellation.cancelled[branch];
        const isOtherGone = cancellation.cancelled[1 - branch];
        if (!isMineGone) mine.close();
        if (!isOtherGone) other.close();
        if (chunk !== undefined) {
          if (!isMineGone) mine.respondWithNewView(chunk);
          if (!isOtherGone && other.fillings.length > 0) other.respond(0);
        }
        if (!isMineGone || !isOtherGone) cancellation.outcome.resolve();
      },
      error() { isReading = false; },
    });
  };
  const pull = (branch) => {
    if (isReading) {
      again[branch] = true;
      return Promise.resolve();
    }
    isReading = true;
    const request = controllers[branch].byobRequest;
    if (request === null) pullDefault();
    else pullInto(request.view, branch);
    return Promise.resolve();
  };

  const branches = [];
  for (let i = 0; i < 2; i++) {
    branches[i] = Object.create(ReadableStream.prototype);
    const branch = prepare(branches[i]);
    const algorithms = { pull: () => pull(i), cancel: (reason) => cancellation.cancel(i, reason) };
    setUpByteController(branch, algorithms, 0, undefined, () => {});
    controllers[i] = branch.controller;
  }
  forwardError(reader);
  return branches;
}

module.exports = { tee };
