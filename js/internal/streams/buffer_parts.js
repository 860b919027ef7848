'use strict';

// Reads of another size than the chunks have.

const { outOfRange } = require('internal/errors');
const { joined, shift } = require('internal/streams/buffer');

// Whoever reads much at once has a need for a larger buffer: the next power of two.
function nextMark(size) {
  const LIMIT = 0x40000000;
  if (size > LIMIT) throw outOfRange('size', '<= 1GiB', size);
  let mark = 1;
  while (mark < size) mark *= 2;
  return mark;
}

// Takes this much, which is less than all and not the first chunk.
function takePart(size, state) {
  const { buffer } = state;
  const parts = [];
  let missing = size;
  while (missing >= buffer[state.bufferIndex].length) {
    missing -= buffer[state.bufferIndex].length;
    parts.push(shift(state));
    if (missing === 0) return joined(state, parts);
  }
  const index = state.bufferIndex;
  const last = buffer[index];
  parts.push(part(last, 0, missing));
  buffer[index] = part(last, missing);
  return joined(state, parts);
}

function part(chunk, from, to) {
  return typeof chunk === 'string' ? chunk.slice(from, to) : chunk.subarray(from, to);
}

module.exports = { nextMark, takePart };
