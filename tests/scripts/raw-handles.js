'use strict';

// raw-handles.js: tells what arrives on the channel, which a test has put at a descriptor.

const dgram = require('dgram');
const net = require('net');

function nameOf(handle) {
  if (handle === undefined) return 'nothing';
  if (handle instanceof net.Socket) return 'socket';
  if (handle instanceof net.Server) return 'server';
  if (handle instanceof dgram.Socket) return 'dgram';
  return handle.constructor.name;
}

process.on('warning', (warning) => {
  if (process.connected) process.send({ warning: warning.message });
});
process.on('message', (message, handle) => {
  process.send({ message, handle: nameOf(handle) });
  handle?.destroy ? handle.destroy() : handle?.close();
});
