'use strict';
// jest-worker with processes and with threads.
const { Worker } = require('jest-worker');

exports.add = (a, b) => a + b;
exports.where = () => require('worker_threads').isMainThread;
exports.later = async (text) => `${text}!`;
exports.fail = (text) => { throw new RangeError(text); };
exports.die = () => process.exit(3);

async function main(enableWorkerThreads) {
  const worker = new Worker(__filename, { numWorkers: 2, enableWorkerThreads, exposedMethods: ['add', 'where', 'later', 'fail'] });
  worker.getStdout().pipe(process.stdout);
  console.log(await Promise.all([worker.add(1, 2), worker.add(3, 4), worker.later('later'), worker.where()]));
  await worker.fail('told').catch(({ name, message }) => console.log(name, message));
  const big = 'x'.repeat(100_000);
  console.log((await worker.later(big)).length);
  // Whether one was killed depends on how busy the machine is.
  console.log(typeof (await worker.end()).forceExited);
}

if (require.main === module) main(false).then(() => main(true));
