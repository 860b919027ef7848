'use strict';

// The buffer of a readable side: an array, and the index of its first chunk that was not read.

const { Buffer } = require('buffer');
const { OBJECT_MODE, ENDED } = require('internal/streams/state');

const FLOWING = 1 << 21;

// How much of the asked can be taken; NaN asks for whatever there is.
function available(size, state) {
  const { length } = state;
  if (size <= 0 || (length === 0 && state.flags & ENDED)) return 0;
  if (state.flags & OBJECT_MODE) return 1;
  if (size <= length) return size;
  if (size > length) return state.flags & ENDED ? length : 0;
  if (!(state.flags & FLOWING) || length === 0) return length;
  // A flowing stream gives chunk by chunk.
  const { buffer, bufferIndex } = state;
  return bufferIndex === buffer.length - 1 ? length : buffer[bufferIndex].length;
}

// Takes this much from the front of the buffer.
function take(size, state) {
  if (state.length === 0) return null;
  const { buffer, bufferIndex } = state;
  const isWhole = state.flags & OBJECT_MODE || !size || size >= state.length;
  if (isWhole && bufferIndex === buffer.length - 1) return shift(state);
  if (state.flags & OBJECT_MODE) return shift(state);
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

module.exports = { FLOWING, available, joined, shift, take };
