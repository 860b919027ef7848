'use strict';

// The buffer of a readable side: an array, and the index of its first chunk that was not read.

const { Buffer } = require('buffer');
const { bufferOf } = require('internal/streams/state');

// What a text is as bytes.
function encoded(text, encoding) {
  return Buffer.from(text, encoding);
}

// A view as a Buffer.
function asBuffer(view) {
  return view instanceof Buffer ? view : bufferOf(view);
}

// Takes this much from the front of the buffer.
function take(size, state) {
  if (state.length === 0) return null;
  const { buffer, bufferIndex } = state;
  const isWhole = state.objectMode || !size || size >= state.length;
  if (isWhole && bufferIndex === buffer.length - 1) return shift(state);
  if (state.objectMode) return shift(state);
  if (isWhole) {
    const all = joined(state, bufferIndex === 0 ? buffer : buffer.slice(bufferIndex));
    state.buffer = [];
    state.bufferIndex = 0;
    return all;
  }
  if (size === buffer[bufferIndex].length) return shift(state);
  return require('internal/streams/buffer_parts').takePart(size, state);
}

// The first chunk.
function shift(state) {
  const { buffer } = state;
  const index = state.bufferIndex;
  // Most often there is one.
  if (index === 0 && buffer.length === 1) return buffer.pop();
  const chunk = buffer[index];
  if (index + 1 === buffer.length) {
    state.buffer = [];
    state.bufferIndex = 0;
  } else if (index >= 1024) {
    buffer.splice(0, index + 1);
    state.bufferIndex = 0;
  } else {
    buffer[index] = undefined;
    state.bufferIndex = index + 1;
  }
  return chunk;
}

function joined(state, parts) {
  if (parts.length === 1) return parts[0];
  return state.decoder ? parts.join('') : Buffer.concat(parts);
}

module.exports = { asBuffer, encoded, joined, shift, take };
