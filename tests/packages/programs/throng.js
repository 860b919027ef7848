'use strict';
// Clusters by throng, keys by cluster-key-slot; pm2-axon between processes.
const { fork, spawn } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const slot = require('cluster-key-slot');

if (process.argv[2] === 'throng') {
  const throng = require('throng');
  throng({
    master: () => console.log('master'),
    worker: (id, disconnect) => {
      process.send({ up: id });
      process.once('SIGTERM', () => { disconnect(); });
      if (id === 1) setTimeout(() => process.kill(process.ppid, 'SIGTERM'), 300);
    },
    count: 2, grace: 1000, lifetime: Infinity, signals: ['SIGTERM'],
  });
} else if (process.argv[2] === 'axon') {
  const axon = require('pm2-axon');
  const reply = axon.socket('rep');
  reply.connect(`unix://${process.argv[3]}`);
  reply.on('message', (question, answer) => answer(`${question}!`));
  const push = axon.socket('push');
  push.connect(`unix://${process.argv[4]}`);
  push.send({ pushed: [1, 2] }, Buffer.from('bytes'));
  process.on('message', () => { reply.close(); push.close(); process.disconnect(); });
} else {
  console.log(slot('foo'), slot('{user1000}.following'), slot.generateMulti(['{a}1', '{a}2']), slot(Buffer.from('123456789')));
  const child = spawn(process.execPath, [__filename, 'throng'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece) => { text += piece; });
  child.on('close', (code, signal) => {
    console.log(text.trim(), code, signal);
    axons();
  });
}

function axons() {
  const axon = require('pm2-axon');
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'axon-'));
  const [asked, pulled] = [path.join(folder, 'req'), path.join(folder, 'pull')];
  const request = axon.socket('req');
  const pull = axon.socket('pull');
  request.bind(`unix://${asked}`);
  pull.bind(`unix://${pulled}`);
  let left = 2;
  const worker = fork(__filename, ['axon', asked, pulled]);
  const done = () => {
    if (--left === 0) worker.send('end');
  };
  pull.on('message', (object, bytes) => { console.log(object, bytes); done(); });
  request.send('question', (answer) => { console.log(answer); done(); });
  worker.on('close', (code) => {
    console.log('worker', code);
    request.close();
    pull.close();
    fs.rmSync(folder, { recursive: true });
  });
}
