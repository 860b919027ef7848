'use strict';

// Punycode (RFC 3492): Unicode in the letters, digits and hyphens of host names.

require('process').emitWarning(
  'The `punycode` module is deprecated. Please use a userland alternative instead.',
  'DeprecationWarning', 'DEP0040');

// The parameters of section 5.
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const INITIAL_BIAS = 72;
const INITIAL_N = 0x80;
const MAX = 0x7fffffff;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

const PREFIX = 'xn--';
const SEPARATORS = /[.\u3002\uff0e\uff61]/g;
const NOT_ASCII = /[^\0-\x7f]/;

const overflow = () => new RangeError('Overflow: input needs wider integers to process');
const invalid = () => new RangeError('Invalid input');
const notBasic = () => new RangeError('Illegal input >= 0x80 (not a basic code point)');

function adapt(delta, points, first) {
  let rest = first ? Math.floor(delta / DAMP) : delta >> 1;
  rest += Math.floor(rest / points);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return Math.floor(k + ((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}

const threshold = (k, bias) => Math.min(Math.max(k - bias, T_MIN), T_MAX);

function decode(input) {
  const split = Math.max(input.lastIndexOf('-'), 0);
  const output = [];
  for (const c of input.slice(0, split)) {
    if (c >= '\x80') throw notBasic();
    output.push(c.codePointAt(0));
  }
  let n = INITIAL_N;
  let i = 0;
  let bias = INITIAL_BIAS;
  for (let at = split > 0 ? split + 1 : 0; at < input.length;) {
    const before = i;
    for (let weight = 1, k = BASE; ; k += BASE) {
      if (at >= input.length) throw invalid();
      const digit = DIGITS.indexOf(input[at++].toLowerCase());
      if (digit === -1) throw invalid();
      if (digit > Math.floor((MAX - i) / weight)) throw overflow();
      i += digit * weight;
      const t = threshold(k, bias);
      if (digit < t) break;
      if (weight > Math.floor(MAX / (BASE - t))) throw overflow();
      weight *= BASE - t;
    }
    const length = output.length + 1;
    bias = adapt(i - before, length, before === 0);
    n += Math.floor(i / length);
    if (n > MAX) throw overflow();
    i %= length;
    output.splice(i++, 0, n);
  }
  return String.fromCodePoint(...output);
}

function encode(input) {
  const points = ucs2decode(input);
  const basic = points.filter((point) => point < INITIAL_N);
  let output = String.fromCodePoint(...basic);
  if (basic.length > 0) output += '-';
  let n = INITIAL_N;
  let delta = 0;
  let bias = INITIAL_BIAS;
  for (let handled = basic.length; handled < points.length;) {
    const next = Math.min(...points.filter((point) => point >= n));
    if (next - n > Math.floor((MAX - delta) / (handled + 1))) throw overflow();
    delta += (next - n) * (handled + 1);
    n = next;
    for (const point of points) {
      if (point < n && ++delta > MAX) throw overflow();
      if (point !== n) continue;
      output += digitsOf(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic.length);
      delta = 0;
      handled++;
    }
    delta++;
    n++;
  }
  return output;
}

// A number as an integer of variable length (section 3.3).
function digitsOf(number, bias) {
  let digits = '';
  for (let rest = number, k = BASE; ; k += BASE) {
    const t = threshold(k, bias);
    if (rest < t) return digits + DIGITS[rest];
    digits += DIGITS[t + ((rest - t) % (BASE - t))];
    rest = Math.floor((rest - t) / (BASE - t));
  }
}

// Each label of a domain, or of the domain of a mail address.
function mapDomain(domain, convert) {
  const parts = domain.split('@');
  const user = parts.length > 1 ? `${parts[0]}@` : '';
  const labels = (parts.length > 1 ? parts[1] : domain).replace(SEPARATORS, '.').split('.');
  return user + labels.map(convert).join('.');
}

function toASCII(input) {
  return mapDomain(input, (label) => (NOT_ASCII.test(label) ? PREFIX + encode(label) : label));
}

function toUnicode(input) {
  return mapDomain(input, (label) => (label.startsWith(PREFIX) ? decode(label.slice(4).toLowerCase()) : label));
}

function ucs2decode(string) {
  return Array.from(string, (character) => character.codePointAt(0));
}

const ucs2encode = (codePoints) => String.fromCodePoint(...codePoints);

module.exports = {
  version: '2.1.0',
  ucs2: { decode: ucs2decode, encode: ucs2encode },
  decode,
  encode,
  toASCII,
  toUnicode,
};
