'use strict';

// Async iteration over a Readable.

const { validateObject } = require('internal/validate');
const { destroyer } = require('internal/streams/destroyer');
const { finished } = require('internal/streams/finished');
const { joinErrors } = require('internal/streams/rare');

function iterator(options) {
  if (options !== undefined) validateObject(options, 'options');
  return streamIterator(this, options);
}

// An iterator over any stream that has data: those of old are wrapped.
function streamIterator(stream, options) {
  const source = typeof stream.read === 'function' ?
    stream : require('internal/streams/wrap').readableOf(stream, { objectMode: true });
  const chunks = iterate(source, options);
  chunks.stream = source;
  return chunks;
}

async function* iterate(stream, options) {
  let wake;
  let outcome;
  const onReadable = () => {
    const resolve = wake;
    wake = undefined;
    resolve?.();
  };
  stream.on('readable', onReadable);
  const cleanUp = finished(stream, { writable: false }, (error) => {
    // Undefined as long as it goes on, null at the end.
    outcome = error ? joinErrors(outcome, error) : null;
    onReadable();
  });
  // Two blocks: the engine forgets what `catch` throws where `finally` catches something else.
  let failure;
  try {
    try {
      const next = () => (stream.destroyed ? null : stream.read());
      for (let isOver = false; !isOver;) {
        for (let chunk = next(); chunk !== null; chunk = next()) yield chunk;
        if (outcome) throw outcome;
        isOver = outcome === null;
        if (!isOver) await new Promise((resolve) => { wake = resolve; });
      }
    } catch (error) {
      failure = joinErrors(outcome, error);
      throw failure;
    }
  } finally {
    const destroys = failure || options?.destroyOnReturn !== false;
    if (destroys && (outcome === undefined || stream._readableState?.autoDestroy)) {
      destroyer(stream, null);
    } else {
      stream.off('readable', onReadable);
      cleanUp();
    }
  }
}

module.exports = { iterator, streamIterator };
