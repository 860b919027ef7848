'use strict';
// What the workloads send. The large one is made when it is asked for: a child that needs none has none.

exports.small = { n: 1, s: 'hello' };

exports.medium = {
  id: 4711,
  type: 'job',
  tags: ['alpha', 'beta', 'gamma', 'delta', 'epsilon'],
  meta: { created: '2026-01-01T00:00:00.000Z', priority: 3, retries: 0, owner: { name: 'worker', group: 12 } },
  items: Array.from({ length: 12 }, (_, i) => ({ index: i, name: `item no. ${i}`, ok: i % 2 === 0, ratio: i / 8 })),
};

Object.defineProperty(exports, 'large', { get: () => 'x'.repeat(1024 * 1024) });
