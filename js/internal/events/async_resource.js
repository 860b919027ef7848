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

class EventEmitterAsyncResource extends EventEmitter {
  #asyncResource;

  constructor(options = undefined) {
    let name;
    if (typeof options === 'string') {
      name = options;
      options = undefined;
    } else {
      // A subclass may go by its own name.
      if (new.target === EventEmitterAsyncResource) validateString(options?.name, 'options.name');
      name = options?.name || new.target.name;
    }
    super(options);
    const Resource = referencingAsyncResource();
    this.#asyncResource = new Resource(this, name, options);
  }

  emit(event, ...args) {
    const resource = this.#asyncResource;
    return resource.runInAsyncScope(super.emit, this, event, ...args);
  }

  emitDestroy() {
    this.#asyncResource.emitDestroy();
  }

  get asyncId() {
    return this.#asyncResource.asyncId();
  }

  get triggerAsyncId() {
    return this.#asyncResource.triggerAsyncId();
  }

  get asyncResource() {
    return this.#asyncResource;
  }
}

module.exports = EventEmitterAsyncResource;
