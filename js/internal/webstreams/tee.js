'use strict';

// `tee`: two branches of one ReadableStream.

const {
  DefaultReaderCore, ReadableStream, createReadable, prepare,
} = require('internal/webstreams/readable');
const { kCore } = require('internal/webstreams/support');

function tee(core) {
  return core.controller.isBytes ? new ByteTee(core).branches : teeDefault(core);
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
class ByteTee {
  #core;
  #cancellation;
  #bytes = require('internal/webstreams/readable_bytes');
  #reader;
  #controllers = [];
  #isReading = false;
  // Which branches were asked for more while a read was under way.
  #again = [false, false];
  branches = [];

  constructor(core) {
    this.#core = core;
    this.#cancellation = new Cancellation(core);
    this.#reader = new DefaultReaderCore(core);
    for (let i = 0; i < 2; i++) {
      this.branches[i] = Object.create(ReadableStream.prototype);
      const branch = prepare(this.branches[i]);
      const algorithms = { pull: () => this.#pull(i), cancel: (reason) => this.#cancellation.cancel(i, reason) };
      this.#bytes.setUpByteController(branch, algorithms, 0, undefined, () => {});
      this.#controllers[i] = branch.controller;
    }
    this.#forwardError(this.#reader);
  }

  #forwardError(from) {
    from.closed.promise.then(undefined, (error) => {
      if (from !== this.#reader) return;
      this.#failBranches(error);
      if (!this.#cancellation.isComplete) this.#cancellation.outcome.resolve();
    });
  }

  #failBranches(error) {
    for (let i = 0; i < 2; i++) this.#controllers[i].error(error);
  }

  #use(Reader) {
    if (this.#reader instanceof Reader) return;
    this.#reader.release();
    this.#reader = new Reader(this.#core);
    this.#forwardError(this.#reader);
  }

  #pull(branch) {
    if (this.#isReading) {
      this.#again[branch] = true;
      return Promise.resolve();
    }
    this.#isReading = true;
    const request = this.#controllers[branch].byobRequest;
    if (request === null) this.#pullDefault();
    else this.#pullInto(request.view, branch);
    return Promise.resolve();
  }

  #pullDefault() {
    this.#use(DefaultReaderCore);
    this.#core.read({
      chunk: (chunk) => queueMicrotask(() => this.#give(chunk)),
      close: () => this.#end(),
      error: () => { this.#isReading = false; },
    });
  }

  #pullInto(view, branch) {
    this.#use(this.#bytes.ByobReaderCore);
    this.#bytes.readInto(this.#core, view, 1, {
      chunk: (chunk) => queueMicrotask(() => this.#giveFilled(chunk, branch)),
      close: (chunk) => this.#endFilled(chunk, branch),
      error: () => { this.#isReading = false; },
    });
  }

  #give(chunk) {
    this.#again = [false, false];
    const [isFirstGone, isSecondGone] = this.#cancellation.cancelled;
    const copy = isFirstGone || isSecondGone ? chunk : this.#copy(chunk);
    if (copy === undefined) return;
    if (!isFirstGone) this.#controllers[0].enqueue(chunk);
    if (!isSecondGone) this.#controllers[1].enqueue(copy);
    this.#readAgain();
  }

  // The buffer that a branch was to be read into is full.
  #giveFilled(chunk, branch) {
    this.#again = [false, false];
    const isMineGone = this.#cancellation.cancelled[branch];
    const isOtherGone = this.#cancellation.cancelled[1 - branch];
    const copy = isOtherGone ? chunk : this.#copy(chunk);
    if (copy === undefined) return;
    if (!isMineGone) this.#controllers[branch].respondWithNewView(chunk);
    if (!isOtherGone) this.#controllers[1 - branch].enqueue(copy);
    this.#readAgain();
  }

  // Nothing if there is no memory for it: then both branches have failed.
  #copy({ buffer, byteOffset, byteLength }) {
    try {
      return new Uint8Array(buffer.slice(byteOffset, byteOffset + byteLength));
    } catch (error) {
      this.#failBranches(error);
      this.#cancellation.outcome.resolve(this.#core.cancel(error));
      return undefined;
    }
  }

  #readAgain() {
    this.#isReading = false;
    if (this.#again[0]) this.#pull(0);
    else if (this.#again[1]) this.#pull(1);
  }

  #end() {
    this.#isReading = false;
    const { cancelled, outcome } = this.#cancellation;
    for (let i = 0; i < 2; i++) if (!cancelled[i]) this.#controllers[i].close();
    for (let i = 0; i < 2; i++) if (this.#controllers[i].fillings.length > 0) this.#controllers[i].respond(0);
    if (!this.#cancellation.isComplete) outcome.resolve();
  }

  #endFilled(chunk, branch) {
    this.#isReading = false;
    const mine = this.#controllers[branch];
    const other = this.#controllers[1 - branch];
    const isMineGone = this.#cancellation.cancelled[branch];
    const isOtherGone = this.#cancellation.cancelled[1 - branch];
    if (!isMineGone) mine.close();
    if (!isOtherGone) other.close();
    if (chunk !== undefined) {
      if (!isMineGone) mine.respondWithNewView(chunk);
      if (!isOtherGone && other.fillings.length > 0) other.respond(0);
    }
    if (!isMineGone || !isOtherGone) this.#cancellation.outcome.resolve();
  }
}

module.exports = { tee };
