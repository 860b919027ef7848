'use strict';
// mocha: its binary, serial and parallel, and its API; tape and uvu besides.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mocha-'));
fs.symlinkSync(path.join(__dirname, 'node_modules'), path.join(folder, 'node_modules'));
const write = (name, text) => fs.writeFileSync(path.join(folder, name), text);
write('a.spec.js', `const assert = require('assert');
describe('outer', function () {
  before(() => console.log('before'));
  after(async () => console.log('after'));
  it('passes', () => assert.ok(true));
  it('waits', (done) => setTimeout(done, 5));
  it('promises', async () => { await null; });
  it('fails', () => assert.strictEqual(1, 2));
  it.skip('skipped', () => {});
  it('pending');
  it('is slow', function (done) { this.timeout(20); setTimeout(done, 60000).unref(); });
  context('inner', () => { [1, 2].forEach((n) => it('case ' + n, () => assert.equal(n % 3, n))); });
});`);
write('b.spec.mjs', `import assert from 'node:assert'; describe('module', () => { it('is one', () => assert.equal(typeof import.meta.url, 'string')); });`);
const { stdout, stderr, status } = run('mocha/bin/mocha.js', '--no-color', '*.spec.*js');
function run(bin, ...args) {
  return spawnSync(process.execPath, [path.join(__dirname, 'node_modules', bin), ...args], { cwd: folder, encoding: 'utf8' });
}
// Without frames, whose methods rjs names less, times and the lines left empty.
const plain = (text) => text.replaceAll(folder, '').replace(/\(\d+m?s\)|Duration: .*/g, '(time)').split('\n')
  .filter((line) => !/^\s+at:? |^\s*$/.test(line)).join('\n');
console.log(plain(stdout), plain(stderr), status);
const json = run('mocha/bin/mocha.js', '--reporter', 'json', '--parallel', '--jobs', '2', 'a.spec.js', 'b.spec.mjs');
const { passes, failures, pending } = JSON.parse(json.stdout.slice(json.stdout.indexOf('{\n')));
console.log(passes.map((test) => test.fullTitle).sort(), failures.map(({ fullTitle, err }) => [fullTitle, plain(err.message)]).sort(), pending.length, json.status);
console.log(plain(run('mocha/bin/mocha.js', '--reporter', 'tap', '--grep', 'inner', 'a.spec.js').stdout));

write('t.js', `const test = require('tape');
test('plan', (t) => { t.plan(2); t.equal(1, 1, 'same'); setTimeout(() => t.deepEqual({ a: 1 }, { a: 1 }), 1); });
test('async', async (t) => { t.ok(await true); t.throws(() => { throw new RangeError('x'); }, RangeError); t.notOk(0); });
test.skip('skipped', (t) => t.end());
test('fails', (t) => { t.equal(1, 2, 'differs'); t.end(); });`);
const tape = run('tape/bin/tape', 't.js');
console.log(plain(tape.stdout).replace(/stack: \|-[\s\S]*?\.\.\./g, '...'), tape.status);
write('u.js', `const { suite } = require('uvu'); const assert = require('uvu/assert');
const one = suite('one'); one.before.each((ctx) => { ctx.n = 1; });
one('context', (ctx) => assert.is(ctx.n, 1)); one.skip('not'); one('equal', () => assert.equal({ a: [1] }, { a: [1] })); one('throws', () => assert.throws(() => { throw new Error('x'); }, /x/)); one.run();`);
const uvu = run('uvu/bin.js', '.', 'u\\.js$');
console.log(plain(uvu.stdout).replace(/Took:.*/, 'Took'), uvu.status);
fs.rmSync(folder, { recursive: true });
