'use strict';
const _ = require('lodash');

console.log(_.chunk([1, 2, 3, 4, 5], 2), _.groupBy([6.1, 4.2, 6.3], Math.floor), _.merge({ a: [{ b: 1 }] }, { a: [{ c: 2 }] }));
console.log(_.get({ a: [{ b: { c: 3 } }] }, 'a[0].b.c'), _.set({}, ['x', '0', 'y'], 1), _.cloneDeep(new Map([[{ k: 1 }, new Set([1])]])));
console.log(_.isEqual({ a: [1, NaN] }, { a: [1, NaN] }), _.camelCase('--foo-bar'), _.template('<% for (const x of list) { %><li><%- x %></li><% } %>')({ list: ['<a>', 1] }));
console.log(_.sortBy([{ n: 2 }, { n: 1 }], 'n'), _.uniqBy([2.1, 1.2, 2.3], Math.floor), _.debounce(() => 1, 1).cancel(), _([1, 2, 3]).map((n) => n * 2).filter((n) => n > 2).value());
console.log(_.words('fred, barney, & pebbles'), _.deburr('d\u00e9j\u00e0 vu'), _.truncate('hi-diddly-ho there', { length: 12 }), _.padStart('5', 3, '0'), _.escape('a & b'));
console.log(_.range(0, -4, -1), _.zipObject(['a', 'b'], [1, 2]), _.partition([1, 2, 3], (n) => n % 2), _.curry((a, b, c) => [a, b, c])(1)(2)(3), _.memoize((n) => n * 2)(4));
console.log(_.isPlainObject(Object.create(null)), _.isArguments((function () { return arguments; })()), _.isTypedArray(new Uint8Array()), _.isNative(Array.prototype.push), _.toPath('a[0].b'));
const once = _.once(() => ({}));
console.log(once() === once(), _.VERSION.length > 0, _.runInContext({ Array, Date, Math, Object, String, RegExp, Error, TypeError, Function }).identity(3));
const throttled = _.throttle((n) => console.log('throttled', n), 20);
[1, 2, 3].forEach((n) => throttled(n));
