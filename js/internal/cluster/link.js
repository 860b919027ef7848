'use strict';

// Messages between the processes of a cluster: each has a number, an answer names the number that
// it answers.

const answers = new Map();
let next = 0;

// Sends a message with a handle; `answered` is called with the answer and the handle beside it.
// Returns false if the peer is not connected.
function send(peer, message, handle, answered) {
  if (!peer.connected) return false;
  const seq = next;
  next += 1;
  if (answered) answers.set(seq, answered);
  return peer.send({ cmd: 'NODE_CLUSTER', ...message, seq }, handle);
}

// Calls `receive` with every message of a peer that is no answer, and the handle beside it.
function listen(peer, receive) {
  peer.on('internalMessage', (message, handle) => {
    if (message.cmd !== 'NODE_CLUSTER') return;
    const answered = message.ack === undefined ? undefined : answers.get(message.ack);
    if (answered === undefined) return receive(message, handle);
    answers.delete(message.ack);
    answered(message, handle);
  });
}

module.exports = { listen, send };
