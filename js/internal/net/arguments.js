'use strict';

// The arguments that `listen` and `connect` share.

const kNormalized = Symbol('normalizedArgs');

function toNumber(value) {
  const number = Number(value);
  return number >= 0 ? number : false;
}

function isPipeName(value) {
  return typeof value === 'string' && toNumber(value) === false;
}

// `[options, callback]` of `(options)`, `(path)`, `(port, host)`, each perhaps with a callback.
function normalize(args) {
  let normalized;
  if (args.length === 0) {
    normalized = [{}, null];
  } else {
    const [first] = args;
    let options = {};
    if (typeof first === 'object' && first !== null) options = first;
    else if (isPipeName(first)) options.path = first;
    else {
      options.port = first;
      if (args.length > 1 && typeof args[1] === 'string') options.host = args[1];
    }
    const callback = args[args.length - 1];
    normalized = [options, typeof callback === 'function' ? callback : null];
  }
  normalized[kNormalized] = true;
  return normalized;
}

// A port: a whole number below 65536, perhaps as text.
function validatePort(port, name) {
  const isPort = (typeof port === 'number' || (typeof port === 'string' && port.trim().length > 0)) &&
    Number(port) === Number(port) >>> 0 && port <= 65535;
  if (isPort) return Number(port);
  const { coded, received } = require('internal/errors');
  throw coded('ERR_SOCKET_BAD_PORT', `${name} should be >= 0 and < 65536. Received ${received(port)}.`);
}

// An `options.blockList`, if it is one.
function checkedBlockList(list) {
  const { BlockList } = require('internal/net/block_list');
  if (BlockList.isBlockList(list)) return list;
  throw require('internal/errors').invalidArgType('options.blockList', 'an instance of net.BlockList', list);
}

module.exports = { checkedBlockList, isPipeName, kNormalized, normalize, toNumber, validatePort };
