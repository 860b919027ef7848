'use strict';

// Named channels on which one part of a program tells others what it does.

const process = require('process');
const { invalidArgType } = require('internal/errors');
const { validateFunction } = require('internal/validate');

// Name -> { ref, held }: a channel lives as long as somebody holds it, or it has subscribers.
const channels = new Map();
const collected = new FinalizationRegistry((name) => {
  const entry = channels.get(name);
  if (entry !== undefined && entry.ref.deref() === undefined) channels.delete(name);
});

// What a subscriber throws is an uncaught exception; the one who publishes goes on.
function throwLater(error) {
  process.nextTick(() => { throw error; });
}

class Channel {
  _subscribers = undefined;
  _stores = undefined;

  constructor(name) {
    this.name = name;
    const entry = { ref: new WeakRef(this), held: undefined };
    channels.set(name, entry);
    collected.register(this, name);
  }

  // Lists are replaced, never changed: who leaves while something is published disturbs nobody.
  subscribe(subscription) {
    validateFunction(subscription, 'subscription');
    this._subscribers = [...(this._subscribers ?? []), subscription];
    settle(this);
  }

  unsubscribe(subscription) {
    const at = this._subscribers?.indexOf(subscription) ?? -1;
    if (at === -1) return false;
    this._subscribers = this._subscribers.toSpliced(at, 1);
    settle(this);
    return true;
  }

  bindStore(store, transform) {
    this._stores = new Map(this._stores);
    this._stores.set(store, transform);
    settle(this);
  }

  unbindStore(store) {
    if (!this._stores?.has(store)) return false;
    this._stores = new Map(this._stores);
    this._stores.delete(store);
    settle(this);
    return true;
  }

  get hasSubscribers() {
    return this._subscribers !== undefined;
  }

  publish(data) {
    const subscribers = this._subscribers;
    if (subscribers === undefined) return;
    for (let i = 0; i < subscribers.length; i++) {
      try {
        const subscriber = subscribers[i];
        subscriber(data, this.name);
      } catch (error) {
        throwLater(error);
      }
    }
  }

  runStores(data, fn, thisArg, ...args) {
    const innermost = () => {
      this.publish(data);
      return Reflect.apply(fn, thisArg, args);
    };
    const wrap = (inner, [store, transform]) => within(store, transform, data, inner);
    return [...(this._stores ?? [])].reduce(wrap, innermost)();
  }
}

function within(store, transform, data, inner) {
  return () => {
    let value = data;
    if (transform) {
      try {
        value = transform(data);
      } catch (error) {
        throwLater(error);
        return inner();
      }
    }
    return store.run(value, inner);
  };
}

// A channel that somebody listens to is kept; one without subscribers and stores is as new.
function settle(channel) {
  const isActive = channel._subscribers?.length > 0 || channel._stores?.size > 0;
  channel._subscribers = isActive ? channel._subscribers ?? [] : undefined;
  channel._stores = isActive ? channel._stores ?? new Map() : undefined;
  let entry = channels.get(channel.name);
  if (entry?.ref.deref() !== channel) {
    entry = { ref: new WeakRef(channel), held: undefined };
    channels.set(channel.name, entry);
  }
  entry.held = isActive ? channel : undefined;
}

function find(name) {
  return channels.get(name)?.ref.deref();
}

function channel(name) {
  if (typeof name !== 'string' && typeof name !== 'symbol') {
    throw invalidArgType('channel', 'one of type string or symbol', name);
  }
  return find(name) ?? new Channel(name);
}

function hasSubscribers(name) {
  const found = find(name);
  return found !== undefined && found.hasSubscribers;
}

function unsubscribe(name, subscription) {
  const left = channel(name);
  return left.unsubscribe(subscription);
}

function subscribe(name, subscription) {
  const joined = channel(name);
  return joined.subscribe(subscription);
}

const EVENTS = ['start', 'end', 'asyncStart', 'asyncEnd', 'error'];

function channelOf(nameOrChannels, event) {
  if (typeof nameOrChannels === 'string') return channel(`tracing:${nameOrChannels}:${event}`);
  if (typeof nameOrChannels !== 'object' || nameOrChannels === null) {
    const expected = 'of type string or an instance of TracingChannel or Object';
    throw invalidArgType('nameOrChannels', expected, nameOrChannels);
  }
  const given = nameOrChannels[event];
  if (given == null) throw new TypeError('Cannot convert undefined or null to object');
  if (!(given instanceof Channel)) {
    throw invalidArgType(`nameOrChannels.${event}`, 'an instance of Channel', given);
  }
  return given;
}

class TracingChannel {
  constructor(nameOrChannels) {
    for (const event of EVENTS) {
      Object.defineProperty(this, event, { __proto__: null, value: channelOf(nameOrChannels, event) });
    }
  }

  get hasSubscribers() {
    return EVENTS.some((event) => this[event].hasSubscribers);
  }

  subscribe(handlers) {
    for (const event of EVENTS) {
      if (handlers[event]) this[event].subscribe(handlers[event]);
    }
  }

  unsubscribe(handlers) {
    let done = true;
    for (const event of EVENTS) {
      if (handlers[event] && !this[event].unsubscribe(handlers[event])) done = false;
    }
    return done;
  }

  // Runs `work` between `start` and `end`; what it throws is published as `error`.
  #trace(context, work) {
    return this.start.runStores(context, () => {
      try {
        return work();
      } catch (error) {
        context.error = error;
        this.error.publish(context);
        throw error;
      } finally {
        this.end.publish(context);
      }
    });
  }

  #settled(context) {
    this.asyncStart.publish(context);
    this.asyncEnd.publish(context);
  }

  traceSync(fn, context = {}, thisArg, ...args) {
    const call = () => Reflect.apply(fn, thisArg, args);
    return this.hasSubscribers ? this.#trace(context, () => (context.result = call())) : call();
  }

  tracePromise(fn, context = {}, thisArg, ...args) {
    const call = () => Reflect.apply(fn, thisArg, args);
    if (!this.hasSubscribers) return call();
    const fulfilled = (result) => {
      context.result = result;
      this.#settled(context);
      return result;
    };
    const rejected = (error) => {
      context.error = error;
      this.error.publish(context);
      this.#settled(context);
      throw error;
    };
    return this.#trace(context, () => {
      const given = call();
      const promise = given instanceof Promise ? given : Promise.resolve(given);
      return promise.then(fulfilled, rejected);
    });
  }

  traceCallback(fn, position = -1, context = {}, thisArg, ...args) {
    const call = () => Reflect.apply(fn, thisArg, args);
    if (!this.hasSubscribers) return call();
    const trace = this;
    const callback = args.at(position);
    validateFunction(callback, 'callback');
    function wrapped(error, result) {
      if (error) {
        context.error = error;
        trace.error.publish(context);
      } else {
        context.result = result;
      }
      const finish = () => {
        try {
          return Reflect.apply(callback, this, arguments);
        } finally {
          trace.asyncEnd.publish(context);
        }
      };
      return trace.asyncStart.runStores(context, finish);
    }
    args.splice(position, 1, wrapped);
    return this.#trace(context, call);
  }
}

function tracingChannel(nameOrChannels) {
  return new TracingChannel(nameOrChannels);
}

// The natives publish through this: undefined where nobody listens.
native.useLookup((name) => {
  const found = find(name);
  return found?.hasSubscribers ? found : undefined;
});

module.exports = { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
