'use strict';

// A clustered http server whose workers are replaced one after another, while clients keep asking: no request may be
// lost. `rjs cluster_restart.js [ROUNDS]`

const cluster = require('cluster');
const http = require('http');

const WORKERS = 2;
const CLIENTS = 4;

if (cluster.isPrimary) primary(Number(process.argv[2]) || 1);
else worker();

function worker() {
  const server = http.createServer((request, response) => {
    let size = 0;
    request.on('data', (chunk) => { size += chunk.length; });
    request.on('end', () => {
      // What is asked on a connection that is to end is answered, and says so.
      if (!server.listening) response.setHeader('Connection', 'close');
      response.end(`${process.pid} ${size}`);
    });
  });
  server.listen(0, '127.0.0.1');
}

function start() {
  return new Promise((resolve) => {
    const made = cluster.fork();
    made.once('listening', ({ port }) => resolve({ made, port }));
  });
}

async function primary(rounds) {
  const workers = [];
  let port;
  for (let i = 0; i < WORKERS; i++) {
    const started = await start();
    workers.push(started.made);
    port = started.port;
  }
  const seen = new Set();
  const tally = { answered: 0, lost: 0 };
  let isOver = false;
  const clients = Array.from({ length: CLIENTS }, async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    while (!isOver) {
      const answer = await ask(agent, port).catch((error) => error);
      if (typeof answer !== 'string' || !answer.endsWith(' 1000')) {
        tally.lost++;
        console.error(answer);
        continue;
      }
      tally.answered++;
      seen.add(answer.split(' ')[0]);
    }
    agent.destroy();
  });
  for (let i = 0; i < WORKERS * rounds; i++) {
    // The next one serves before the oldest goes.
    const { made } = await start();
    workers.push(made);
    const oldest = workers.shift();
    // Each has something to do first.
    while (!seen.has(String(oldest.process.pid))) await new Promise(setImmediate);
    const gone = new Promise((resolve) => oldest.once('exit', resolve));
    oldest.disconnect();
    await gone;
  }
  isOver = true;
  await Promise.all(clients);
  console.log(`${tally.answered > 0 ? 'answered' : 'nothing answered'}, ${tally.lost} lost`);
  cluster.disconnect();
}

// A connection may be closed while a request is on its way: if it was used before, the request is made again.
async function ask(agent, port) {
  for (;;) {
    try {
      return await once(agent, port);
    } catch ({ error, isReused }) {
      if (!isReused || error.code !== 'ECONNRESET') throw error;
    }
  }
}

function once(agent, port) {
  return new Promise((resolve, reject) => {
    const request = http.request({ agent, port, host: '127.0.0.1', method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => { text += part; });
      response.on('end', () => resolve(text));
      response.on('error', (error) => reject({ error, isReused: false }));
    });
    request.on('error', (error) => reject({ error, isReused: request.reusedSocket }));
    request.end(Buffer.alloc(1000));
  });
}
