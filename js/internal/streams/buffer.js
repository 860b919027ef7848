'use strict';

// The buffer of a readable side: an array, and the index of its first chunk that was not read.

const { Buffer } = require('buffer');
const { OBJECT_MODE, ENDED } = require('internal/streams/state');

const { isNaN } = Number;
const FLOWING = 1 << 21;

// Whoever reads much at once has a need for a larger buffer: the next power of two.
function nextMark(size) {
  const LIMIT = 0x40000000;
  if (size > LIMIT) throw require('internal/errors').outOfRange('size', '<= 1GiB', size);
  let mark = 1;
  while (mark < size) mark *= 2;
  return mark;
}

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
  const first = buffer[index];
  if (size === first.length) return shift(state);
  if (size < first.length) {
    buffer[index] = part(first, size);
    return part(first, 0, size);
  }
  const parts = [];
  let missing = size;
  while (missing >= buffer[state.bufferIndex].length) {
    missing -= buffer[state.bufferIndex].length;
    parts.push(shift(state));
    if (missing === 0) return joined(state, parts);
  }
  const last = buffer[state.bufferIndex];
  parts.push(part(last, 0, missing));
  buffer[state.bufferIndex] = part(last, missing);
  return joined(state, parts);
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

function part(chunk, from, to) {
  return typeof chunk === 'string' ? chunk.slice(from, to) : chunk.subarray(from, to);
}

function joined(state, parts) {
  if (parts.length === 1) return parts[0];
  return state.decoder ? parts.join('') : Buffer.concat(parts);
}

module.exports = { FLOWING, available, nextMark, take };
