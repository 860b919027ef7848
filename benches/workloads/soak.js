'use strict';
// Hours of use in minutes: forks and messages at a steady pace, and whether anything is lost or grows.
//
//     rjs benches/workloads/soak.js [--minutes 10] [--forks 50000] [--messages 5000000]
//
// Prints a line of figures every so often, a verdict at the end, and exits with 1 if messages were lost, a child
// ended otherwise than told to, a descriptor stayed open, or memory grew by more than a tenth.

const { fork } = require('child_process');
const fs = require('fs');
const { parseArgs } = require('util');

const BATCH = 500;
const WIDTH = 4;

// Answers every message with its number, until told to end.
function answer() {
  process.on('message', (message) => {
    if (message === 'end') process.disconnect();
    else process.send({ n: message.n, text: message.text });
  });
}

function figures() {
  const zygotes = fs.readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(/\s+/);
  return {
    fds: fs.readdirSync('/proc/self/fd').length,
    kib: Math.round(process.memoryUsage().rss / 1024),
    below: zygotes.filter((pid) => pid !== '').length,
  };
}

class Soak {
  #options;
  #begun = Date.now();
  #forks = 0;
  #messages = 0;
  #lost = 0;
  #wrong = 0;
  #first;

  constructor(options) {
    this.#options = options;
  }

  // One child's life: its share of the messages, each answered, and its end.
  #child(done) {
    const { forks, messages } = this.#options;
    const share = Math.ceil(messages / forks);
    const child = fork(__filename, ['answer']);
    let sent = 0;
    let next = 0;
    const send = () => {
      for (const end = Math.min(share, sent + BATCH); sent < end; sent += 1) {
        child.send({ n: sent, text: `message ${sent} of ${this.#forks}` });
      }
    };
    child.on('message', (message) => {
      if (message.n !== next) this.#wrong += 1;
      next += 1;
      if (next === share) child.send('end');
      else if (next === sent) send();
    });
    child.on('error', () => { this.#wrong += 1; });
    child.on('exit', (code, signal) => {
      if (code !== 0 || signal !== null) this.#wrong += 1;
      this.#lost += share - next;
      this.#forks += 1;
      this.#messages += next;
      done();
    });
    send();
  }

  #report(label) {
    const { fds, kib, below } = figures();
    const seconds = ((Date.now() - this.#begun) / 1000).toFixed(0);
    console.log(`${seconds} s ${label}: ${this.#forks} forks, ${this.#messages} messages, ${this.#lost} lost, ` +
      `${this.#wrong} wrong; ${fds} descriptors, ${kib} KiB, ${below} processes below`);
    return { fds, kib };
  }

  // Starts the next child once it is due: the forks are spread over the time.
  run() {
    const { minutes, forks } = this.#options;
    const pace = (minutes * 60_000) / forks;
    const step = Math.max(1, Math.floor(forks / 20));
    let started = 0;
    const start = () => {
      if (started === forks) return;
      const wait = this.#begun + started * pace - Date.now();
      started += 1;
      setTimeout(() => this.#child(() => this.#ended(start, step)), Math.max(0, wait));
    };
    for (let i = 0; i < WIDTH; i += 1) start();
  }

  #ended(start, step) {
    if (this.#forks % step === 0) {
      const now = this.#report('so far');
      // The first twentieth is the time to warm up.
      this.#first ??= now;
    }
    if (this.#forks < this.#options.forks) start();
    else setTimeout(() => this.#verdict(), 100);
  }

  #verdict() {
    const last = this.#report('end');
    const first = this.#first ?? last;
    const isFlat = last.fds <= first.fds && last.kib <= first.kib * 1.1;
    const isWhole = this.#lost === 0 && this.#wrong === 0;
    console.log(isFlat ? 'flat' : `grew from ${first.fds} descriptors, ${first.kib} KiB`);
    console.log(isWhole ? 'nothing lost' : 'not whole');
    process.exitCode = isFlat && isWhole ? 0 : 1;
  }
}

function options() {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '10' },
      forks: { type: 'string', default: '50000' },
      messages: { type: 'string', default: '5000000' },
    },
  });
  return { minutes: Number(values.minutes), forks: Number(values.forks), messages: Number(values.messages) };
}

if (process.argv[2] === 'answer') answer();
else new Soak(options()).run();
