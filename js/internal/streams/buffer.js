'use strict';

// The buffer of a readable side: an array, and the index of its first chunk that was not read.

const { Buffer } = require('buffer');
const { OBJECT_MODE, ENDED } = require('internal/streams/state');

const { isNaN } = Number;
const FLOWING = 1 << 21;

// How much of the asked can be taken.
function available(size, state) {
  const { length } = state;
  if (size <= 0 || (length === 0 && state.flags & ENDED)) return 0;
  if (state.flags & OBJECT_MODE) return 1;
  if (isNaN(size)) {
    // A flowing stream gives chunk by chunk.
    return state.flags & FLOWING && length ? state.buffer[state.bufferIndex].length : length;
  }
  if (size <= length) return size;
  return state.flags & ENDED ? length : 0;
}

// Takes this much from the front of the buffer.
function take(size, state) {
  if (state.length === 0) return null;
  const { buffer } = state;
  const index = state.bufferIndex;
  if (state.flags & OBJECT_MODE) return shift(state);
  if (!size || size >= state.length) {
    const all = joined(state, index === 0 ? buffer : buffer.slice(index));
    state.buffer = [];
    state.bufferIndex = 0;
    return all;
  }
  if (size === buffer[index].length) return shift(state);
  return require('internal/streams/buffer_parts').takePart(size, state);
}

function shift(state) {
  const { buffer } = state;
  const index = state.bufferIndex++;
  const chunk = buffer[index];
  buffer[index] = undefined;
  if (index + 1 === buffer.length) {
    state.buffer = [];
    state.bufferIndex = 0;
  } else if (index >= 1024) {
    buffer.splice(0, index + 1);
    state.bufferIndex = 0;
  }
  return chunk;
}

function joined(state, parts) {
  if (parts.length === 1) return parts[0];
  return state.decoder ? parts.join('') : Buffer.concat(parts);
}

module.exports = { FLOWING, available, joined, shift, take };
