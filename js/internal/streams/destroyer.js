'use strict';

// Destroys a stream of whatever make.

const { AbortError } = require('internal/errors');
const { isDestroyed, isFinished, isRequest, isServerRequest, kIsDestroyed } = require('internal/streams/predicates');

// Which streams there are, and how each comes down. The first row that fits counts.
const WAYS = [
  isServerRequest, (stream, reason) => {
    // Its socket lives on for the answer.
    stream.socket = null;
    stream.destroy(reason);
  },
  isRequest, (stream) => stream.abort(),
  ({ req }) => isRequest(req), ({ req }) => req.abort(),
  ({ destroy }) => typeof destroy === 'function', (stream, reason) => stream.destroy(reason),
  ({ close }) => typeof close === 'function', (stream) => stream.close(),
];

function destroyer(stream, error) {
  if (!stream || isDestroyed(stream)) return;
  const reason = error || isFinished(stream) ? error : new AbortError();
  for (let row = 0; row < WAYS.length; row += 2) {
    if (!WAYS[row](stream)) continue;
    WAYS[row + 1](stream, reason);
    break;
  }
  if (!stream.destroyed) stream[kIsDestroyed] = true;
}

module.exports = { destroy: destroyer, destroyer };
