'use strict';
// UDP round trips a second, between two sockets of one process.

const dgram = require('dgram');

const total = Number(process.argv[2]);
const server = dgram.createSocket('udp4');
const client = dgram.createSocket('udp4');
let left = total;
let begun;

server.on('message', (message, from) => server.send(message, from.port, from.address));

function ping() {
  client.send('ping', server.address().port, '127.0.0.1');
}

client.on('message', () => {
  left -= 1;
  if (left > 0) return ping();
  console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
  server.close();
  client.close();
});

server.bind(0, '127.0.0.1', () => client.bind(0, '127.0.0.1', () => {
  begun = process.hrtime.bigint();
  ping();
}));
