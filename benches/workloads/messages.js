'use strict';
// What the workloads send.

exports.small = { n: 1, s: 'hello' };

exports.medium = {
  id: 4711,
  type: 'job',
  tags: ['alpha', 'beta', 'gamma', 'delta'],
  meta: { created: '2026-01-01T00:00:00.000Z', priority: 3, retries: 0, owner: { name: 'worker', group: 12 } },
  items: Array.from({ length: 12 }, (_, i) => ({ index: i, name: `item number ${i}`, ok: i % 2 === 0, ratio: i / 7 })),
};

exports.large = 'x'.repeat(1024 * 1024);
