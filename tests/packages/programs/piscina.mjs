// Pools of threads and processes: piscina, tinypool, workerpool.
import { fileURLToPath } from 'node:url';
import { isMainThread, threadId } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { Tinypool } from 'tinypool';
import workerpool from 'workerpool';

export default function task({ n, fail }) {
  if (fail) throw new RangeError(fail);
  return { double: n * 2, isMainThread };
}
export const named = async (text) => `${text}!`;

if (isMainThread && process.argv[1] === fileURLToPath(import.meta.url) && !process.channel) {
  const filename = import.meta.url;
  const pool = new Piscina({ filename, minThreads: 1, maxThreads: 2 });
  console.log(await Promise.all([1, 2, 3].map((n) => pool.run({ n }))), await pool.run('named', { name: 'named' }));
  await pool.run({ fail: 'in the pool' }).catch(({ name, message }) => console.log(name, message));
  console.log(pool.completed > 0, pool.options.maxThreads);
  await pool.destroy();
  for (const runtime of ['worker_threads', 'child_process']) {
    const tiny = new Tinypool({ filename, minThreads: 1, maxThreads: 1, runtime });
    console.log(runtime, await tiny.run({ n: 21 }), await tiny.run('x', { name: 'named' }));
    await tiny.run({ fail: 'tiny' }).catch(({ name, message }) => console.log(name, message));
    await tiny.destroy();
  }
  for (const workerType of ['thread', 'process']) {
    const workers = workerpool.pool({ workerType, maxWorkers: 2 });
    console.log(workerType, await workers.exec((a, b) => a + b, [3, 4]), await workers.exec('methods', []));
    await workers.exec(() => { throw new TypeError('of the worker'); }).catch(({ name, message }) => console.log(name, message));
    await workers.exec(() => new Promise(() => {})).timeout(30).catch((error) => console.log(error instanceof workerpool.Promise.TimeoutError));
    console.log(workers.stats().pendingTasks);
    await workers.terminate();
  }
  console.log(threadId);
}
