'use strict';
const Bluebird = require('bluebird');
const fs = Bluebird.promisifyAll(require('fs'));

(async () => {
  console.log(await Bluebird.map([1, 2, 3], (n) => Bluebird.delay(1, n * 2), { concurrency: 2 }));
  console.log(await Bluebird.props({ a: Bluebird.resolve(1), b: 2 }), await Bluebird.reduce([1, 2, 3], (a, b) => a + b));
  await fs.readFileAsync('no such file').catch((error) => error.code === 'ENOENT', (error) => console.log('caught', error.code));
  await Bluebird.delay(1000).timeout(5, 'too late').catch(Bluebird.TimeoutError, (error) => console.log(error.message));
  console.log(await Bluebird.any([Bluebird.reject(new Error('x')), Bluebird.resolve('any')]));
  console.log(await Bluebird.coroutine(function* () { return (yield Bluebird.resolve(1)) + (yield Bluebird.resolve(2)); })());
  await Bluebird.using(Bluebird.resolve('resource').disposer((name) => console.log('disposed', name)), (name) => console.log('used', name));
  const inspections = await Bluebird.all([Bluebird.resolve(1).reflect(), Bluebird.reject(2).reflect()]);
  console.log(inspections.map((one) => (one.isFulfilled() ? one.value() : one.reason())));
  await Bluebird.each([1, 2], (n) => console.log('each', n));
  await Bluebird.try(() => { throw new TypeError('t'); }).catch(RangeError, TypeError, (error) => console.log(error.name)).finally(() => console.log('finally'));
  console.log(await Bluebird.fromCallback((callback) => callback(null, 'callback')), await new Bluebird((resolve) => resolve(3)).tap((n) => console.log('tap', n)).return(4));
  process.on('unhandledRejection', (reason, promise) => console.log('unhandled', reason.message, promise instanceof Bluebird));
  Bluebird.reject(new Error('nobody'));
})();
