'use strict';

// `pipe` and `unpipe` of a Readable.

const { nextTick } = require('process');
const { errorOrDestroy, passTo } = require('internal/streams/core');
const { prependListener } = require('internal/streams/legacy_pipe');

// One source with one destination: the listeners on both, and how they go again.
class Pipe {
  #source;
  #destination;
  #listeners = [];
  #onDrain;
  #isOver = false;

  constructor(source, destination) {
    this.#source = source;
    this.#destination = destination;
  }

  begin(endsDestination) {
    const source = this.#source;
    const destination = this.#destination;
    const state = source._readableState;
    const atEnd = endsDestination ? () => destination.end() : this.#unpipe;
    if (state.endEmitted) nextTick(atEnd);
    else this.#listen(source, 'end', atEnd, 'once');
    this.#listen(destination, 'unpipe', (readable, info) => {
      if (readable !== source || !info || info.hasUnpiped !== false) return;
      info.hasUnpiped = true;
      this.#cleanUp();
    });
    this.#listen(source, 'data', passTo(destination, () => this.#pause()));
    const onError = (error) => this.#fail(error, onError);
    prependListener(destination, 'error', onError);
    this.#listeners.push([destination, 'error', onError]);
    const onClose = () => {
      destination.removeListener('finish', onFinish);
      this.#unpipe();
    };
    const onFinish = () => {
      destination.removeListener('close', onClose);
      this.#unpipe();
    };
    this.#listen(destination, 'close', onClose, 'once');
    this.#listen(destination, 'finish', onFinish, 'once');

    destination.emit('pipe', source);
    if (destination.writableNeedDrain === true) this.#pause();
    else if (!state.flowing) source.resume();
  }

  #unpipe = () => this.#source.unpipe(this.#destination);

  #listen(emitter, event, listener, how = 'on') {
    emitter[how](event, listener);
    this.#listeners.push([emitter, event, listener]);
  }

  // The destination is full: nothing flows until it has drained.
  #pause() {
    const source = this.#source;
    const destination = this.#destination;
    const state = source._readableState;
    if (!this.#isOver) {
      if (state.pipes.length === 1 && state.pipes[0] === destination) {
        state.awaitDrainWriters = destination;
        state.multiAwaitDrain = false;
      } else if (state.pipes.length > 1 && state.pipes.includes(destination)) {
        state.awaitDrainWriters.add(destination);
      }
      source.pause();
    }
    if (this.#onDrain) return;
    this.#onDrain = () => drained(source, destination);
    this.#listen(destination, 'drain', this.#onDrain);
  }

  #fail(error, onError) {
    const destination = this.#destination;
    this.#unpipe();
    destination.removeListener('error', onError);
    if (destination.listenerCount('error') !== 0) return;
    const state = destination._writableState || destination._readableState;
    // Nobody else listens: it fails as it would have failed without us.
    if (state && !state.errorEmitted) errorOrDestroy(destination, error);
    else destination.emit('error', error);
  }

  #cleanUp() {
    for (let i = 0; i < this.#listeners.length; i++) {
      const [emitter, event, listener] = this.#listeners[i];
      emitter.removeListener(event, listener);
    }
    this.#isOver = true;
    // The source may wait for a `drain` that would not be heard any more.
    const { _writableState: state } = this.#destination;
    if (this.#onDrain && this.#source._readableState.awaitDrainWriters && (!state || state.needDrain)) {
      this.#onDrain();
    }
  }
}

function drained(source, destination) {
  const state = source._readableState;
  if (state.awaitDrainWriters === destination) state.awaitDrainWriters = null;
  else if (state.multiAwaitDrain) state.awaitDrainWriters.delete(destination);
  const waits = state.awaitDrainWriters && state.awaitDrainWriters.size !== 0;
  if (!waits && source.listenerCount('data') > 0) source.resume();
}

function pipe(destination, options) {
  const source = this;
  const state = source._readableState;
  if (state.pipes.length === 1 && !state.multiAwaitDrain) {
    state.multiAwaitDrain = true;
    state.awaitDrainWriters = new Set(state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(destination);
  const endsDestination = (!options || options.end !== false) && !destination._isStdio;
  new Pipe(source, destination).begin(endsDestination);
  return destination;
}

function unpipe(destination) {
  const source = this;
  const state = source._readableState;
  const { pipes } = state;
  if (pipes.length === 0) return source;
  if (!destination) {
    state.pipes = [];
    source.pause();
    for (let i = 0; i < pipes.length; i++) pipes[i].emit('unpipe', source, { hasUnpiped: false });
    return source;
  }
  const index = pipes.indexOf(destination);
  if (index === -1) return source;
  pipes.splice(index, 1);
  if (pipes.length === 0) source.pause();
  destination.emit('unpipe', source, { hasUnpiped: false });
  return source;
}

module.exports = { pipe, unpipe };
