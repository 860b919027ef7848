'use strict';

// net.SocketAddress and net.BlockList.

const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { canonical, compare, within } = require('internal/net/ip');
const { validatePort } = require('internal/net/arguments');
const { validateInteger, validateNumber, validateObject, validateString } = require('internal/validate');
const { inspect } = require('util');

const FAMILIES = { ipv4: 'IPv4', ipv6: 'IPv6' };
const RULE = /^(?:(Address): IPv([46]) (\S+)|(Subnet): IPv([46]) ([^\s/]+)\/(\d+)|(Range): IPv([46]) ([^\s-]+)-([^\s-]+))$/;

// `ipv4` or `ipv6`, however it is written.
function familyOf(family, name) {
  const lower = typeof family?.toLowerCase === 'function' ? family.toLowerCase() : undefined;
  if (lower !== 'ipv4' && lower !== 'ipv6') throw invalidArgValue(name, family);
  return lower;
}

class SocketAddress {
  #address;
  #port;
  #family;
  #flowlabel;

  static isSocketAddress(value) {
    return typeof value === 'object' && value !== null && #address in value;
  }

  static parse(input) {
    validateString(input, 'input');
    const { URL } = require('url');
    try {
      const { hostname, port } = new URL(`http://${input}`);
      const isBracketed = hostname.startsWith('[') && hostname.endsWith(']');
      const address = isBracketed ? hostname.slice(1, -1) : hostname;
      return new SocketAddress({ address, port: port | 0, family: isBracketed ? 'ipv6' : 'ipv4' });
    } catch {
      return undefined;
    }
  }

  constructor(options = {}) {
    validateObject(options, 'options');
    const family = options.family === undefined ? 'ipv4' : familyOf(options.family, 'options.family');
    const { address = family === 'ipv4' ? '127.0.0.1' : '::', port = 0, flowlabel = 0 } = options;
    validateString(address, 'options.address');
    this.#port = validatePort(port, 'options.port');
    validateNumber(flowlabel, 'options.flowlabel');
    validateInteger(flowlabel, 'options.flowlabel', 0, 4294967295);
    const text = canonical(address, family);
    if (text === undefined) throw coded('ERR_INVALID_ADDRESS', 'Invalid socket address');
    this.#address = text;
    this.#family = family;
    this.#flowlabel = flowlabel;
  }

  get address() { return this.#address; }
  get port() { return this.#port; }
  get family() { return this.#family; }
  get flowlabel() { return this.#flowlabel; }

  toJSON() {
    return { address: this.#address, port: this.#port, family: this.#family, flowlabel: this.#flowlabel };
  }

  [inspect.custom](depth, options) {
    if (depth < 0) return '[SocketAddress]';
    const inner = options.depth === null ? null : options.depth - 1;
    return `SocketAddress ${inspect(this.toJSON(), { ...options, depth: inner })}`;
  }
}

// An address as a SocketAddress, which it may be already.
function toAddress(value, family, name) {
  if (SocketAddress.isSocketAddress(value)) return value;
  validateString(value, name);
  validateString(family, 'family');
  return new SocketAddress({ address: value, family });
}

// The address that a text says, if it says one.
function addressIn(text, family) {
  validateString(text, 'address');
  validateString(family, 'family');
  try {
    return new SocketAddress({ address: text, family });
  } catch {
    return undefined;
  }
}

class BlockList {
  // The newest rule first.
  #rules = [];

  static isBlockList(value) {
    return typeof value === 'object' && value !== null && #rules in value;
  }

  addAddress(address, family = 'ipv4') {
    const { address: text, family: kind } = toAddress(address, family, 'address');
    this.#rules.unshift({
      text: `Address: ${FAMILIES[kind]} ${text}`,
      test: (other) => compare(other, text) === 0,
    });
  }

  addRange(start, end, family = 'ipv4') {
    const lowest = toAddress(start, family, 'start');
    const { address: last, family: kind } = toAddress(end, family, 'end');
    const first = lowest.address;
    if (compare(first, last) > 0) throw invalidArgValue('start', lowest, 'must come before end');
    this.#rules.unshift({
      text: `Range: ${FAMILIES[kind]} ${first}-${last}`,
      test: (other) => compare(other, first) >= 0 && compare(other, last) <= 0,
    });
  }

  addSubnet(network, prefix, family = 'ipv4') {
    const { address, family: kind } = toAddress(network, family, 'network');
    validateNumber(prefix, 'prefix');
    validateInteger(prefix, 'prefix', 0, kind === 'ipv4' ? 32 : 128);
    this.#rules.unshift({
      text: `Subnet: ${FAMILIES[kind]} ${address}/${prefix}`,
      test: (other) => within(other, address, prefix),
    });
  }

  check(address, family = 'ipv4') {
    const asked = SocketAddress.isSocketAddress(address) ? address : addressIn(address, family);
    if (asked === undefined) return false;
    const { address: text } = asked;
    return this.#rules.some(({ test }) => test(text));
  }

  get rules() { return this.#rules.map(({ text }) => text); }

  toJSON() { return this.rules; }

  // Rules as `toJSON` wrote them; what is no rule is passed over.
  fromJSON(data) {
    let rules = data;
    if (typeof data === 'string') {
      try {
        rules = JSON.parse(data);
      } catch {
        rules = data;
      }
    }
    if (!Array.isArray(rules) || !rules.every((rule) => typeof rule === 'string')) {
      throw invalidArgType('data', 'of type string or string[]', rules);
    }
    for (const rule of rules) this.#addRule(rule.match(RULE));
  }

  #addRule(match) {
    if (match === null) return;
    const family = `ipv${match[2] ?? match[5] ?? match[9]}`;
    if (match[1]) this.addAddress(match[3], family);
    else if (match[4]) this.addSubnet(match[6], Number(match[7]), family);
    else this.addRange(match[10], match[11], family);
  }

  [inspect.custom](depth, options) {
    if (depth < 0) return '[BlockList]';
    const inner = options.depth === null ? null : options.depth - 1;
    return `BlockList ${inspect({ rules: this.rules }, { ...options, depth: inner })}`;
  }
}

module.exports = { BlockList, SocketAddress };
