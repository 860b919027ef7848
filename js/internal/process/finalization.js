'use strict';

// process.finalization: callbacks at the end of the program for objects that still live then.

const process = require('process');
const { invalidArgType } = require('internal/errors');
const { validateFunction } = require('internal/validate');

// The registrations of one event; the listener exists while there are any.
class Registry {
  #event;
  #entries = new Set();
  #listener = () => this.#run();

  constructor(event) {
    this.#event = event;
  }

  add(object, callback) {
    if (this.#entries.size === 0) process.on(this.#event, this.#listener);
    this.#entries.add({ reference: new WeakRef(object), callback });
  }

  remove(object) {
    for (const entry of this.#entries) {
      const target = entry.reference.deref();
      if (target === object || target === undefined) this.#entries.delete(entry);
    }
    if (this.#entries.size === 0) process.removeListener(this.#event, this.#listener);
  }

  #run() {
    for (const { reference, callback } of this.#entries) {
      const object = reference.deref();
      if (object !== undefined) callback(object, this.#event);
    }
    this.#entries.clear();
    process.removeListener(this.#event, this.#listener);
  }
}

const registries = [new Registry('exit'), new Registry('beforeExit')];

function validate(object, callback) {
  const isObject = (typeof object === 'object' && object !== null) || typeof object === 'function';
  if (!isObject) throw invalidArgType('obj', 'of type object', object);
  validateFunction(callback, 'callback');
}

module.exports = {
  register(object, callback) {
    validate(object, callback);
    registries[0].add(object, callback);
  },
  registerBeforeExit(object, callback) {
    validate(object, callback);
    registries[1].add(object, callback);
  },
  unregister(object) {
    for (const registry of registries) registry.remove(object);
  },
};
