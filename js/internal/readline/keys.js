'use strict';

// From the bytes of a terminal to keys.

const { StringDecoder } = require('string_decoder');
const { clearTimeout, setTimeout } = require('timers');

const decoderOf = Symbol('keypress-decoder');
const escapeTimeout = 500;

// What may still become a longer sequence.
const unfinished = /^\x1b{1,2}(?:O\d?|\[\[?(?:\d{1,3}(?:;\d?)?)?)?$/;
const functionKey = /^\x1b+(?:(O)(\d?)|(\[\[?))([^]*)$/;
const numbered = /^(?:(\d\d?)(?:;(\d))?([~^$])|(\d{3}~))$/;
const lettered = /^(?:(?:\d;)?(\d))?([A-Za-z])$/;

const letters = { A: 'up', B: 'down', C: 'right', D: 'left', E: 'clear', F: 'end', H: 'home' };
const numbers = {
  1: 'home', 2: 'insert', 3: 'delete', 4: 'end', 5: 'pageup', 6: 'pagedown', 7: 'home', 8: 'end',
  11: 'f1', 12: 'f2', 13: 'f3', 14: 'f4', 15: 'f5', 17: 'f6', 18: 'f7', 19: 'f8', 20: 'f9', 21: 'f10',
  23: 'f11', 24: 'f12', 200: 'paste-start', 201: 'paste-end',
};
const plain = { '\r': 'return', '\n': 'enter', '\t': 'tab', '\b': 'backspace', '\x7f': 'backspace', ' ': 'space' };

// The name of a function key by its code; the keys of rxvt tell modifiers by their last character.
function nameFunctionKey(key) {
  const { code } = key;
  const last = code[code.length - 1];
  const number = /^\[(\d+)[~^$]$/.exec(code)?.[1];
  if (number !== undefined && (last === '~' || /^[235678]$/.test(number))) {
    if (last === '$') key.shift = true;
    if (last === '^') key.ctrl = true;
    return numbers[number];
  }
  if (/^[O[][PQRS]$/.test(code)) return `f${'PQRS'.indexOf(last) + 1}`;
  if (/^\[\[[A-E]$/.test(code)) return `f${'ABCDE'.indexOf(last) + 1}`;
  if (code === '[[5~' || code === '[[6~') return numbers[code[2]];
  if (code === '[Z') {
    key.shift = true;
    return 'tab';
  }
  if (/^[O[][A-FH]$/.test(code)) return letters[last];
  if (/^[O[][a-e]$/.test(code)) {
    key[code[0] === 'O' ? 'ctrl' : 'shift'] = true;
    return letters[last.toUpperCase()];
  }
}

function decodeFunctionKey(key, [, o, modified, bracket, rest]) {
  let modifier = 0;
  if (o !== undefined) {
    key.code = o + rest;
    if (modified !== '') modifier = modified - 1;
  } else {
    let match = numbered.exec(rest);
    if (match !== null) {
      key.code = bracket + (match[4] ?? match[1] + match[3]);
      modifier = (match[2] ?? 1) - 1;
    } else if ((match = lettered.exec(rest)) !== null) {
      key.code = bracket + match[2];
      modifier = (match[1] ?? 1) - 1;
    } else {
      key.code = bracket + rest;
    }
  }
  key.ctrl = (modifier & 4) !== 0;
  key.meta = (modifier & 10) !== 0;
  key.shift = (modifier & 1) !== 0;
  key.name = nameFunctionKey(key) ?? 'undefined';
}

// The key of a complete sequence.
function decode(sequence) {
  const key = { sequence, name: undefined, ctrl: false, meta: false, shift: false };
  const escaped = sequence[0] === '\x1b';
  const match = escaped ? functionKey.exec(sequence) : null;
  if (match !== null) {
    decodeFunctionKey(key, match);
    return key;
  }
  const text = escaped ? sequence.replace(/^\x1b{1,2}/, '') : sequence;
  if (Object.hasOwn(plain, text)) {
    key.name = plain[text];
    key.meta = escaped;
  } else if (text === '\x1b' || text === '') {
    key.name = 'escape';
    key.meta = escaped;
  } else if (!escaped && text <= '\x1a') {
    key.name = String.fromCharCode(text.charCodeAt(0) + 96);
    key.ctrl = true;
  } else if (/^[0-9A-Za-z]$/.test(text)) {
    key.name = text.toLowerCase();
    key.shift = /^[A-Z]$/.test(text);
    key.meta = escaped;
  } else {
    key.meta = escaped;
  }
  return key;
}

// Tells a stream's listeners of keys; keeps what is unfinished of one.
class KeyDecoder {
  #stream;
  #pending = '';
  #timer;
  #characters = new StringDecoder('utf8');

  constructor(stream) {
    this.#stream = stream;
  }

  feed(chunk, face) {
    const text = this.#characters.write(chunk);
    if (text === '') return;
    clearTimeout(this.#timer);
    const characters = [...text];
    if (face) {
      face._sawKeyPress = characters.length === 1;
      face.isCompletionEnabled = false;
    }
    for (let i = 0; i < characters.length; i++) {
      const isLast = i === characters.length - 1;
      // Pasted tabs complete nothing.
      if (face && isLast) face.isCompletionEnabled = true;
      this.#take(characters[i]);
      if (isLast && this.#pending !== '' && characters[i] === '\x1b') {
        this.#timer = setTimeout(() => this.#finish(), face ? face.escapeCodeTimeout : escapeTimeout);
      }
    }
  }

  #take(character) {
    this.#pending += character;
    if (!unfinished.test(this.#pending)) this.#finish();
  }

  #finish() {
    const sequence = this.#pending;
    this.#pending = '';
    const key = decode(sequence);
    this.#stream.emit('keypress', sequence[0] === '\x1b' ? undefined : sequence, key);
  }
}

function emitKeypressEvents(stream, face) {
  if (stream[decoderOf]) return;
  const decoder = new KeyDecoder(stream);
  stream[decoderOf] = decoder;
  // Data is read while somebody listens for keys; until then the next listener is waited for.
  const swap = (from, to) => {
    stream.removeListener(from, listeners[from]);
    stream.on(to, listeners[to]);
  };
  const isWanted = () => stream.listenerCount('keypress') > 0;
  const listeners = {
    __proto__: null,
    data(chunk) {
      if (isWanted()) decoder.feed(chunk, face);
      else swap('data', 'newListener');
    },
    newListener(event) {
      if (event === 'keypress') swap('newListener', 'data');
    },
  };
  const first = isWanted() ? 'data' : 'newListener';
  stream.on(first, listeners[first]);
}

module.exports = { emitKeypressEvents };
