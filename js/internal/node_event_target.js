'use strict';

// NodeEventTarget: an event target with the methods of an emitter, for the targets of Node's own
// making (message ports, for example).

const { setMaxListeners, kMaxEventTargetListeners } = require('events');
const {
  EventTarget, dispatchValue, eventNames, kIsNodeStyleListener, listenerCount, removeAllListeners,
} = require('internal/event_target');
const { validateString } = require('internal/validate');

class NodeEventTarget extends EventTarget {
  static defaultMaxListeners = 10;

  setMaxListeners(n) {
    setMaxListeners(n, this);
  }

  getMaxListeners() {
    return this[kMaxEventTargetListeners];
  }

  eventNames() {
    return eventNames(this);
  }

  listenerCount(type) {
    return listenerCount(this, type);
  }

  on(type, listener) {
    this.addEventListener(type, listener, { [kIsNodeStyleListener]: true });
    return this;
  }

  addListener(type, listener) {
    return this.on(type, listener);
  }

  once(type, listener) {
    this.addEventListener(type, listener, { once: true, [kIsNodeStyleListener]: true });
    return this;
  }

  off(type, listener, options) {
    this.removeEventListener(type, listener, options);
    return this;
  }

  removeListener(type, listener, options) {
    return this.off(type, listener, options);
  }

  removeAllListeners(type) {
    removeAllListeners(this, type);
    return this;
  }

  emit(type, value) {
    validateString(type, 'type');
    const hasListeners = listenerCount(this, type) > 0;
    dispatchValue(this, type, value);
    return hasListeners;
  }
}

module.exports = { NodeEventTarget };
