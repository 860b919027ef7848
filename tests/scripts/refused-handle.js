'use strict';

// refused-handle.js: a socket for a child that answers every envelope with NODE_HANDLE_NACK.

const { spawn } = require('child_process');
const net = require('net');

if (process.argv[2] === 'child') {
  // Its channel is none to itself: a descriptor to read lines from.
  const fs = require('fs');
  const fd = Number(process.env.FD);
  const block = Buffer.alloc(65536);
  let text = '';
  for (let wanted = 5; wanted > 0;) {
    text += block.toString('utf8', 0, fs.readSync(fd, block));
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
      const message = JSON.parse(text.slice(0, at));
      text = text.slice(at + 1);
      wanted--;
      const { cmd, type, msg } = message;
      console.log('frame', cmd ? [cmd, type, ...(msg.cmd ? [msg.cmd, msg.type] : [])].join(' ') : message);
      if (cmd) fs.writeSync(fd, '{"cmd":"NODE_HANDLE_NACK"}\n');
    }
  }
  return;
}

const warnings = [];
let callbacks = 0;
let closed = false;
let ended = false;
process.on('warning', (warning) => warnings.push(`${warning.name} ${warning.message}`));
const server = net.createServer({ pauseOnConnect: true }, (socket) => {
  server.close();
  // The shell takes the channel's variables away: the child is to read the bytes.
  const command = 'FD=$NODE_CHANNEL_FD; unset NODE_CHANNEL_FD; export FD; exec "$0" "$1" child';
  const child = spawn('/bin/sh', ['-c', command, process.execPath, __filename], { stdio: ['ignore', 1, 2, 'ipc'] });
  child.send('socket', socket, () => callbacks++);
  child.send('plain');
  child.on('close', () => {
    ended = true;
    finish();
  });
});

function finish() {
  if (!closed || !ended) return;
  for (const warning of warnings) console.log(warning);
  console.log('callbacks', callbacks, 'client closed');
}

server.listen(0, '127.0.0.1', () => {
  net.connect(server.address().port, '127.0.0.1').resume().on('close', () => {
    closed = true;
    finish();
  });
});
