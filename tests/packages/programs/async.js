'use strict';
const async = require('async');

const later = (value) => (callback) => setImmediate(callback, null, value);

(async () => {
  console.log(await async.parallel([later(1), later(2)]), await async.series({ a: later(1), b: later(2) }));
  console.log(await async.mapLimit([3, 1, 2], 2, async (n) => n * 2), await async.filter([1, 2, 3], async (n) => n > 1));
  console.log(await async.waterfall([later(1), (n, callback) => callback(null, n + 1)]));
  console.log(await async.auto({ a: later('a'), b: ['a', ({ a }, callback) => callback(null, `${a}b`)] }));
  const seen = [];
  const queue = async.queue((task, done) => { seen.push(task); setImmediate(done); }, 2);
  queue.push([1, 2, 3]);
  queue.unshift(0);
  await queue.drain();
  console.log(seen, queue.idle());
  let tries = 0;
  console.log(await async.retry({ times: 4, interval: 1 }, async () => {
    if (++tries < 3) throw new Error('again');
    return tries;
  }));
  await async.eachSeries([1], async () => { throw new RangeError('told'); }).catch(({ name, message }) => console.log(name, message));
  const timed = async.timeout((callback) => setTimeout(callback, 60000).unref(), 5);
  timed((error) => console.log(error.message, error.code));
  console.log(await async.whilst(async () => tries < 6, async () => ++tries), await async.some([1], async () => true));
  const cargo = async.cargo((tasks, done) => { console.log('cargo', tasks); done(); }, 2);
  cargo.push([1, 2, 3]);
  await cargo.drain();
})();
