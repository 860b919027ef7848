'use strict';
// minimist and undefsafe, which many programs lean on.
const minimist = require('minimist');
const undefsafe = require('undefsafe');

console.log(minimist(['-abc', '5', '--no-x', '--y=1', '--z', 'two', '-n3', '--a.b', '1', '--', 'rest', '--not']));
console.log(minimist(['--n', '1', '--s', '1', '-v', 'x'], { string: ['s'], boolean: ['v'], alias: { s: 'str' }, default: { d: 9 }, '--': true, stopEarly: true }));
console.log(minimist(['--__proto__.x', '1', '--constructor.prototype.y', '2']), {}.x, {}.y);
console.log(undefsafe({ a: { b: [{ c: 1 }] } }, 'a.b.0.c'), undefsafe({}, 'a.b.c'), undefsafe({ a: { x: { n: 1 }, y: { n: 2 } } }, 'a.*.n', 2));
