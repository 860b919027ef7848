'use strict';

// A child that sends a handle and ends at once: what it sent and the end of its channel are found together.

const { fork } = require('child_process');
const { readFileSync } = require('fs');
const net = require('net');

const [, , role, kind] = process.argv;

if (role === 'child') {
  const server = net.createServer();
  server.listen(0, '127.0.0.1', () => {
    const client = net.connect(server.address().port, '127.0.0.1', () => {
      process.send('alone');
      // More than is read at once.
      process.send('with a handle'.padEnd(100000), kind === 'server' ? server : client, () => process.exit());
    });
  });
} else {
  start(['server', 'socket']);
}

function hasEnded(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
}

function start([kind, ...others]) {
  const child = fork(__filename, ['child', kind]);
  child.on('message', (message, handle) => {
    console.log(kind, 'message', message.trim(), handle?.constructor.name);
    if (kind === 'server') handle?.close();
    else handle?.destroy();
  });
  child.on('close', (code) => {
    console.log(kind, 'close', code);
    if (others.length > 0) start(others);
  });
  // Nothing is read before it has ended.
  while (!hasEnded(child.pid));
}
