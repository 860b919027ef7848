'use strict';

// What there is of Intl without locale data: text in pieces, by the rules of Unicode that hold for all languages.

const { boundaries } = native;
const LOCALE = 'en-US';
const GRANULARITIES = ['grapheme', 'word', 'sentence'];
const MATCHERS = ['lookup', 'best fit'];

function option(options, name, allowed) {
  const value = options[name];
  if (value === undefined) return allowed[0];
  const text = `${value}`;
  if (!allowed.includes(text)) throw new RangeError(`Value ${text} out of range for Intl.Segmenter options property ${name}`);
  return text;
}

function canonical(locales) {
  if (locales === undefined) return [];
  if (locales === null) throw new TypeError('Cannot convert undefined or null to object');
  const list = typeof locales === 'string' ? [locales] : Array.from(locales);
  const seen = list.map((tag) => {
    if (typeof tag !== 'string' && (typeof tag !== 'object' || tag === null)) throw new TypeError('Incorrect locale information provided');
    const text = `${tag}`;
    if (!/^[a-z]{2,8}(-[a-z0-9]{1,8})*$/i.test(text)) throw new RangeError(`Incorrect locale information provided`);
    return text.split('-').map(cased).join('-');
  });
  return [...new Set(seen)];
}

function cased(part, at) {
  if (at === 0) return part.toLowerCase();
  if (part.length === 2) return part.toUpperCase();
  return part.length === 4 ? part[0].toUpperCase() + part.slice(1).toLowerCase() : part.toLowerCase();
}

/** One piece, as programs see it. `ends` holds, for each piece, its end; for words, negative where it is like a word. */
function piece(text, ends, at, isWord) {
  const index = at === 0 ? 0 : Math.abs(ends[at - 1]);
  const segment = text.slice(index, Math.abs(ends[at]));
  return isWord ? { segment, index, input: text, isWordLike: ends[at] < 0 } : { segment, index, input: text };
}

class Segments {
  #text;
  #granularity;
  #ends;

  constructor(text, granularity) {
    this.#text = text;
    this.#granularity = granularity;
  }

  #found() {
    return this.#ends ??= boundaries(this.#text, this.#granularity);
  }

  containing(index = 0) {
    const place = Math.trunc(Number(index)) || 0;
    if (place < 0 || place >= this.#text.length) return undefined;
    const ends = this.#found();
    let [low, high] = [0, ends.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Math.abs(ends[middle]) > place) high = middle;
      else low = middle + 1;
    }
    return piece(this.#text, ends, low, this.#granularity === 'word');
  }

  [Symbol.iterator]() {
    return new SegmentIterator(this.#text, this.#found(), this.#granularity === 'word');
  }
}
delete Segments.prototype.constructor;

class SegmentIterator {
  #text;
  #ends;
  #isWord;
  #at = 0;

  constructor(text, ends, isWord) {
    this.#text = text;
    this.#ends = ends;
    this.#isWord = isWord;
  }

  next() {
    if (this.#at >= this.#ends.length) return { value: undefined, done: true };
    return { value: piece(this.#text, this.#ends, this.#at++, this.#isWord), done: false };
  }
}
delete SegmentIterator.prototype.constructor;
Object.setPrototypeOf(SegmentIterator.prototype, Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));

class Segmenter {
  #locale;
  #granularity;

  constructor(locales = undefined, options = undefined) {
    this.#locale = canonical(locales)[0] ?? LOCALE;
    if (options !== undefined && (options === null || typeof options !== 'object')) {
      throw new TypeError('Incorrect options argument provided for Intl.Segmenter');
    }
    option(options ?? {}, 'localeMatcher', MATCHERS);
    this.#granularity = option(options ?? {}, 'granularity', GRANULARITIES);
  }

  static supportedLocalesOf(locales) {
    return canonical(locales);
  }

  segment(text) {
    return new Segments(`${text}`, this.#granularity);
  }

  resolvedOptions() {
    return { locale: this.#locale, granularity: this.#granularity };
  }
}
Object.defineProperty(Segmenter, 'length', { value: 0, configurable: true });

const hidden = (value) => ({ value, writable: true, enumerable: false, configurable: true });
const tag = (object, value) => Object.defineProperty(object, Symbol.toStringTag, { value, configurable: true });
tag(Segmenter.prototype, 'Intl.Segmenter');
tag(SegmentIterator.prototype, 'Segmenter String Iterator');
const Intl = Object.defineProperties({}, { getCanonicalLocales: hidden(canonical), Segmenter: hidden(Segmenter) });
Object.defineProperty(canonical, 'name', { value: 'getCanonicalLocales', configurable: true });
exports.Intl = tag(Intl, 'Intl');
