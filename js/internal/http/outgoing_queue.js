'use strict';

// What a message says before it has its socket: a response whose turn has not come, a request without a connection.

const { kWaiting } = require('internal/http/native');

const kNeedDrain = Symbol('http.needDrain');

// Whether what a message says now goes straight to its socket.
function hasTurn(message, socket) {
  return socket?._httpMessage === message && !socket.destroyed && socket.writable;
}

// A socket that was full takes more.
function tellDrain(message) {
  if (!message[kNeedDrain]) return;
  message[kNeedDrain] = false;
  message.emit('drain');
}

function queueOf(message) {
  return message[kWaiting] ??= new WaitingQueue(message);
}

class WaitingQueue {
  constructor(message) {
    this.message = message;
    this.parts = [];
    // What was counted when a part came: bytes or characters, as the program gave it.
    this.size = 0;
  }

  // Keeps a part; answers how much waits now.
  add(data, encoding, callback) {
    this.parts.push({ data, encoding, callback });
    this.grow(data.length);
    return this.size;
  }

  // Whoever watches the message hears of each change.
  grow(by) {
    this.size += by;
    this.message._onPendingData(by);
  }

  // Hands all that waits to a socket, in one write if it can. Answers whether the socket wants more.
  take(socket) {
    if (this.parts.length === 0) return false;
    const parts = this.parts.splice(0);
    this.grow(-this.size);
    socket.cork();
    const answers = parts.map((part) => socket.write(part.data, part.encoding, part.callback));
    socket.uncork();
    return answers.pop();
  }
}

module.exports = { hasTurn, queueOf, tellDrain, kNeedDrain };
