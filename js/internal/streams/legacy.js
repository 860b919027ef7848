'use strict';

// Stream: the base of all streams.

const EventEmitter = require('events');

const { ownKeys } = Reflect;

function Stream(options) {
  EventEmitter.call(this, options);
}

Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

Stream.prototype.pipe = function(destination, options) {
  return require('internal/streams/legacy_pipe').pipe(this, destination, options);
};

// Only the names that have listeners: a stream's table of events begins with empty entries.
Stream.prototype.eventNames = function eventNames() {
  const { _events: events } = this;
  return events ? ownKeys(events).filter((name) => events[name] !== undefined) : [];
};

// The last step of a constructor: `ready` is called once the stream is constructed.
function begin(stream, options, ready) {
  Stream.call(stream, options);
  const { _construct: method } = stream;
  if (method === undefined || method === null) return;
  require('internal/streams/rare').construct(stream, () => ready(stream));
}

module.exports = { Stream, begin };
