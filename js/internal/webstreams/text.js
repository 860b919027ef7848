'use strict';

// TextEncoderStream and TextDecoderStream.

const { TextDecoder, TextEncoder } = require('internal/encoding');
const { coreOf, defineInterface, hide, inspectAs, kCore } = require('internal/webstreams/support');
const { TransformStream } = require('internal/webstreams/transform');

const { inspect: { custom } } = require('util');

const isLead = (text) => {
  const unit = text.charCodeAt(text.length - 1);
  return unit >= 0xd800 && unit <= 0xdbff;
};

class EncoderCore {
  static type = 'TextEncoderStream';

  constructor() {
    const encoder = new TextEncoder();
    this.encoding = encoder.encoding;
    // The first half of a character whose second half comes with the next chunk.
    let half = '';
    this.transform = new TransformStream({
      transform(chunk, controller) {
        let text = half + String(chunk);
        half = '';
        if (text.length > 0 && isLead(text)) {
          half = text.slice(-1);
          text = text.slice(0, -1);
        }
        if (text.length > 0) controller.enqueue(encoder.encode(text));
      },
      flush(controller) {
        if (half !== '') controller.enqueue(encoder.encode('\ufffd'));
      },
    });
  }
}

class DecoderCore {
  static type = 'TextDecoderStream';

  constructor(encoding, options) {
    const decoder = new TextDecoder(encoding, options);
    this.decoder = decoder;
    this.transform = new TransformStream({
      transform(chunk, controller) {
        const text = decoder.decode(chunk, { stream: true });
        if (text.length > 0) controller.enqueue(text);
      },
      flush(controller) {
        const text = decoder.decode();
        if (text.length > 0) controller.enqueue(text);
      },
    });
  }
}

class TextEncoderStream {
  constructor() {
    this[kCore] = new EncoderCore();
    hide(this);
  }

  get encoding() { return coreOf(this, EncoderCore).encoding; }
  get readable() { return coreOf(this, EncoderCore).transform.readable; }
  get writable() { return coreOf(this, EncoderCore).transform.writable; }

  [custom](depth, options) {
    const { encoding, transform: { readable, writable } } = coreOf(this, EncoderCore);
    return inspectAs('TextEncoderStream', depth, options, { encoding, readable, writable });
  }
}

class TextDecoderStream {
  constructor(encoding = 'utf-8', options = {}) {
    this[kCore] = new DecoderCore(encoding, options);
    hide(this);
  }

  get encoding() { return coreOf(this, DecoderCore).decoder.encoding; }
  get fatal() { return coreOf(this, DecoderCore).decoder.fatal; }
  get ignoreBOM() { return coreOf(this, DecoderCore).decoder.ignoreBOM; }
  get readable() { return coreOf(this, DecoderCore).transform.readable; }
  get writable() { return coreOf(this, DecoderCore).transform.writable; }

  [custom](depth, options) {
    const { decoder: { encoding, fatal, ignoreBOM }, transform: { readable, writable } } = coreOf(this, DecoderCore);
    return inspectAs('TextDecoderStream', depth, options, { encoding, fatal, ignoreBOM, readable, writable });
  }
}

defineInterface(TextEncoderStream, ['encoding', 'readable', 'writable'], false);
defineInterface(TextDecoderStream, ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable'], false);

module.exports = { TextDecoderStream, TextEncoderStream };
