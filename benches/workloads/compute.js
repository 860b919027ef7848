'use strict';
// JavaScript that computes: runs a second of one kind.

const kinds = {
  calls() {
    const fib = (n) => (n < 2 ? n : fib(n - 1) + fib(n - 2));
    return fib(18);
  },
  json() {
    const list = Array.from({ length: 200 }, (_, i) => ({ id: i, name: `n${i}`, tags: ['a', 'b'], ratio: i / 3 }));
    return JSON.parse(JSON.stringify(list)).length;
  },
  lines() {
    const text = Array.from({ length: 2000 }, (_, i) => `line ${i}`).join('\n');
    return text.split('\n').filter((line) => line.includes('7')).length;
  },
  sort() {
    const list = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1009);
    return list.sort((a, b) => a - b)[0];
  },
};

const [, , kind, amount] = process.argv;
const total = Number(amount);
const begun = process.hrtime.bigint();
for (let i = 0; i < total; i += 1) kinds[kind]();
console.log(total / (Number(process.hrtime.bigint() - begun) / 1e9));
