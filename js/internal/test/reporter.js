'use strict';

// What a run of tests prints: one line a test, nested, then the sums and the failures.

const process = require('process');
const { inspect } = require('util');
const path = require('path');
const { performance } = require('perf_hooks');

const COLORS = { pass: 32, fail: 31, skip: 90, info: 34, todo: 33 };

class Reporter {
  #root;
  #colors = process.stdout.isTTY && process.env.NO_COLOR === undefined;
  #failures = [];

  constructor(root) {
    this.#root = root;
  }

  #write(indent, text, color) {
    const margin = '  '.repeat(indent);
    const line = text.split('\n').map((part) => margin + part).join('\n');
    process.stdout.write(this.#colors && color ? `\x1b[${COLORS[color]}m${line}\x1b[39m\n` : `${line}\n`);
  }

  // Prints what is known, in the order of definition.
  flush() {
    this.#print(this.#root, 0);
  }

  #print(parent, depth) {
    while (parent.printed < parent.children.length) {
      const test = parent.children[parent.printed];
      if (test.children.some((child) => child.finished || child.headed)) this.#head(test, depth);
      this.#print(test, depth + 1);
      if (!test.finished) return;
      parent.printed++;
      this.#line(test, depth);
    }
  }

  #head(test, depth) {
    if (test.headed) return;
    test.headed = true;
    this.#write(depth, `▶ ${test.name}`);
  }

  #line(test, depth) {
    const { text, color } = outcome(test);
    this.#write(depth, text, color);
    for (const message of test.messages) this.#write(depth, `ℹ ${message}`, 'info');
    if (test.error !== null && test.error.failureType !== 'subtestsFailed') this.#failures.push(test);
  }

  summarize() {
    const { counts, startTime, messages } = this.#root;
    for (const message of messages) this.#write(0, `ℹ ${message}`, 'info');
    for (const [name, count] of Object.entries(counts)) this.#write(0, `ℹ ${name} ${count}`, 'info');
    this.#write(0, `ℹ duration_ms ${Number((performance.now() - startTime).toFixed(6))}`, 'info');
    if (this.#failures.length === 0) return;
    this.#write(0, '\n✖ failing tests:', 'fail');
    for (const test of this.#failures) this.#explain(test);
  }

  #explain(test) {
    const { text, color } = outcome(test);
    this.#write(0, `\ntest at ${placeOf(test)}`);
    this.#write(0, text, color);
    const error = test.error?.failureType && test.error.cause !== undefined ? test.error.cause : test.error;
    const shown = test.error?.failureType && error === test.error ? inspect(error.message) : inspect(error);
    this.#write(1, shown);
  }
}

function outcome(test) {
  const name = `${test.name} (${Number(test.duration.toFixed(6))}ms)`;
  if (test.skipped) return { text: `﹣ ${name} # ${typeof test.skip === 'string' ? test.skip : 'SKIP'}`, color: 'skip' };
  if (test.todo) {
    const reason = typeof test.todo === 'string' && test.todo !== '' ? test.todo : 'TODO';
    return { text: `${test.error === null ? '✔' : '⚠'} ${name} # ${reason}`, color: 'todo' };
  }
  if (test.failedAsExpected) return { text: `✔ ${name} # EXPECTED FAILURE`, color: 'pass' };
  return test.error === null ? { text: `✔ ${name}`, color: 'pass' } : { text: `✖ ${name}`, color: 'fail' };
}

// The first frame of a program's file.
function placeOf(test) {
  const frame = /(?:at |\()((?:\/|file:)[^()\n]*?):(\d+):(\d+)\)?$/m.exec(test.origin.stack ?? '');
  if (frame === null) return '<unknown>';
  const file = frame[1].startsWith('file:') ? require('url').fileURLToPath(frame[1]) : frame[1];
  return `${path.relative(process.cwd(), file)}:${frame[2]}:${frame[3]}`;
}

module.exports = { Reporter };
