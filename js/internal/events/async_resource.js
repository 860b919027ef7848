'use strict';

// EventEmitterAsyncResource: an emitter whose listeners run in an async context of their own.

const EventEmitter = require('events');
const { validateString } = require('internal/validate');

// Made on first use: `async_hooks` is not loaded for those who only look at the class.
let ReferencingAsyncResource;

function referencingAsyncResource() {
  if (ReferencingAsyncResource !== undefined) return ReferencingAsyncResource;
  const { AsyncResource } = require('async_hooks');
  ReferencingAsyncResource = class EventEmitterReferencingAsyncResource extends AsyncResource {
    #eventEmitter;

    constructor(emitter, type, options) {
      super(type, options);
      this.#eventEmitter = emitter;
    }

    get eventEmitter() {
      return this.#eventEmitter;
    }
  };
  return ReferencingAsyncResource;
}

let resourceOf;

class EventEmitterAsyncResource extends EventEmitter {
  #asyncResource;

  static {
    resourceOf = (emitter) => {
      if (#asyncResource in emitter) return emitter.#asyncResource;
      throw new TypeError(
        'Cannot read private member #asyncResource from an object whose class did not declare it');
    };
  }

  constructor(options = undefined) {
    // The name alone is enough.
    const settings = typeof options === 'string' ? undefined : options;
    const type = settings === options ? typeOf(settings, new.target) : options;
    super(settings);
    const Resource = referencingAsyncResource();
    this.#asyncResource = new Resource(this, type, settings);
  }

  emit(event, ...args) {
    return resourceOf(this).runInAsyncScope(super.emit, this, event, ...args);
  }

  emitDestroy() {
    resourceOf(this).emitDestroy();
  }
}

// A subclass may go by its own name.
function typeOf(options, made) {
  const type = options?.name;
  if (made === EventEmitterAsyncResource) validateString(type, 'options.name');
  return type || made.name;
}

// Named as accessors are: stack traces of the engine know a function by the name it was written with.
const GETTERS = {
  'get asyncId'() { return resourceOf(this).asyncId(); },
  'get triggerAsyncId'() { return resourceOf(this).triggerAsyncId(); },
  'get asyncResource'() { return resourceOf(this); },
};
for (const name of Object.keys(GETTERS)) {
  Object.defineProperty(EventEmitterAsyncResource.prototype, name.slice('get '.length), {
    __proto__: null, configurable: true, enumerable: false, get: GETTERS[name],
  });
}

module.exports = EventEmitterAsyncResource;
