'use strict';

// What becomes of waiting writes when a Writable fails or is destroyed.

const { streamDestroyed } = require('internal/streams/life');
const { callFinished } = require('internal/streams/core');
const { emptyBuffered } = require('internal/streams/writable');

// What waits will never be written: whoever waits for it is told.
function failBuffered(state) {
  if (state.writing) return;
  for (let i = state.bufferedIndex; i < state.buffered.length; i++) {
    const { chunk, callback } = state.buffered[i];
    state.length -= state.objectMode ? 1 : chunk.length;
    callback(state.failure ?? streamDestroyed('write'));
  }
  callFinished(state, state.failure ?? streamDestroyed('end'));
  emptyBuffered(state);
}

module.exports = { failBuffered };
