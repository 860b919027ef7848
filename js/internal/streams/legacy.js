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

module.exports = { Stream };
