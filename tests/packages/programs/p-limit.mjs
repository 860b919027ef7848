// p-limit: how many run at once, order, errors, the queue, clearing, a limit that changes, map, limited functions.
import { AsyncLocalStorage } from 'node:async_hooks';
import pLimit, * as module from 'p-limit';

const { limitFunction } = module;
const limit = pLimit(2);
let running = 0;
let most = 0;
const task = async (name, turns) => {
    most = Math.max(most, ++running);
    for (let i = 0; i < turns; i++) await null;
    running--;
    return name;
};
const all = Promise.all(['a', 'b', 'c', 'd', 'e'].map((name, i) => limit(task, name, 10 - i)));
console.log(limit.activeCount, limit.pendingCount, limit.concurrency);
await null;
console.log(limit.activeCount, limit.pendingCount);
console.log(await all, most, limit.activeCount, limit.pendingCount);
console.log(await Promise.allSettled([limit(() => { throw new Error('sync'); }), limit(async () => { throw new Error('async'); }), limit(() => 1)])
    .then((results) => results.map((r) => r.value ?? r.reason.message)));
console.log(await limit.map([1, 2, 3], async (n, i) => n * 10 + i));
const order = [];
const one = pLimit(1);
await Promise.all([3, 1, 2].map((n) => one(async () => { await new Promise((done) => { setTimeout(done, n); }); order.push(n); })));
console.log(order);
const blocked = one(() => new Promise((done) => { setTimeout(done, 5); }));
const never = one(() => order.push('never'));
never.catch?.((error) => console.log('cleared', error.name));
await null;
one.clearQueue();
await blocked;
console.log(order, one.pendingCount);
limit.concurrency = 5;
most = 0;
await Promise.all(Array.from({ length: 10 }, (_, i) => limit(task, i, 5)));
console.log(most);
for (const bad of [0, -1, 1.5, 'x', undefined]) {
    try { pLimit(bad); console.log('accepted', bad); } catch (error) { console.log(error.name, error.message); }
}
const limited = limitFunction(async (x) => { most = Math.max(most, ++running); await null; running--; return x * 2; }, { concurrency: 1 });
most = 0;
console.log(await Promise.all([1, 2, 3].map((n) => limited(n))), most);
const storage = new AsyncLocalStorage();
console.log(await Promise.all([1, 2, 3].map((n) => storage.run(n, () => one(async () => { await null; return storage.getStore(); })))));
