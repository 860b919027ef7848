'use strict';

// stream/consumers: all of a stream as one value.

const { TextDecoder } = require('internal/encoding');
const { Blob, Buffer } = require('buffer');

// Text is put together as it comes.
async function text(stream) {
  const decoder = new TextDecoder();
  let result = '';
  for await (const part of stream) {
    result += typeof part === 'string' ? part : decoder.decode(part, { stream: true });
  }
  return result + decoder.decode();
}

async function json(stream) {
  const source = await text(stream);
  return JSON.parse(source);
}

async function blob(stream) {
  const parts = [];
  for await (const part of stream) parts[parts.length] = part;
  return new Blob(parts);
}

async function arrayBuffer(stream) {
  const whole = await blob(stream);
  return whole.arrayBuffer();
}

// The memory of an ArrayBuffer, seen another way.
async function bytes(stream) {
  const memory = await arrayBuffer(stream);
  return new Uint8Array(memory);
}

async function buffer(stream) {
  const memory = await arrayBuffer(stream);
  return Buffer.from(memory);
}

module.exports = { arrayBuffer, blob, buffer, bytes, text, json };
