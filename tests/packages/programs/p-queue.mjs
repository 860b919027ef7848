import pMap, { pMapIterable, pMapSkip } from 'p-map';
import PQueue, { TimeoutError } from 'p-queue';

const later = (value, ms = 1) => new Promise((resolve) => { setTimeout(resolve, ms, value); });

console.log(await pMap([1, 2, 3], async (n) => (n === 2 ? pMapSkip : later(n * 2)), { concurrency: 2 }));
await pMap([1, 2], async (n) => { throw new RangeError(`of ${n}`); }, { stopOnError: false }).catch(({ errors }) => console.log(errors.map((e) => e.message)));
const iterated = [];
for await (const value of pMapIterable([3, 2, 1], (n) => later(n, n), { concurrency: 3 })) iterated.push(value);
console.log(iterated);

const queue = new PQueue({ concurrency: 1, autoStart: false });
const seen = [];
queue.add(async () => { seen.push('low'); }, { priority: 0 });
queue.add(async () => { seen.push('high'); }, { priority: 5 });
const controller = new AbortController();
const aborted = queue.add(() => later(1), { signal: controller.signal }).catch(({ name }) => console.log(name));
controller.abort();
console.log(queue.size, queue.pending, queue.isPaused);
queue.start();
await queue.onIdle();
await aborted;
console.log(seen, await queue.addAll([() => later('a'), () => later('b')]));
const limited = new PQueue({ concurrency: 2, interval: 20, intervalCap: 2, timeout: 1000 });
limited.on('idle', () => console.log('idle'));
console.log(await limited.addAll([1, 2, 3, 4].map((n) => () => later(n))));
await new PQueue({ timeout: 5 }).add(() => new Promise(() => {})).catch((error) => console.log(error instanceof TimeoutError));
