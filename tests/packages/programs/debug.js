'use strict';
// Debug: namespaces, wildcards, formatters, colours, loggers of one's own, the environment.
const { spawnSync } = require('child_process');
const debug = require('debug');

const lines = (text) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME').replace(/\+\d+m?s/g, '+T');
if (process.argv[2] === 'child') {
    const one = debug('app:one');
    const two = debug('app:two');
    const three = one.extend('inner');
    debug.formatters.h = (value) => value.toString('hex');
    one('hello %s, %d, %i %f', 'world', 42, 3.7, 1.5);
    two('object %o', { a: [1, 2, { b: 'c' }], d: new Map([[1, 2]]) });
    two('multi %O', { a: 1, deep: { deeper: { deepest: { more: 1 } } }, text: 'x'.repeat(80) });
    three('json %j %%', { x: 1 });
    one('hex %h', Buffer.from('abc'));
    one(new Error('plain').message, 'second', 3, null);
    two({ only: 'an object' });
    console.log(one.enabled, two.enabled, three.enabled, three.namespace);
    process.exit();
}
for (const env of [
    {}, { DEBUG: '*' }, { DEBUG: 'app:*,-app:two' }, { DEBUG: 'app:one' }, { DEBUG: 'app:*', DEBUG_COLORS: '1' },
    { DEBUG: 'app:*', DEBUG_COLORS: '1', FORCE_COLOR: '3' }, { DEBUG: '*', DEBUG_HIDE_DATE: '1', DEBUG_DEPTH: '1', DEBUG_SHOW_HIDDEN: 'yes' },
]) {
    const child = spawnSync(process.execPath, [__filename, 'child'], { env, encoding: 'utf8' });
    console.log(env, child.status);
    console.log(lines(child.stdout));
    console.log(JSON.stringify(lines(child.stderr)).replaceAll('\\n', '\n'));
}
const log = debug('later');
console.log(log.enabled);
debug.enable('later,other:*');
log.log = (...args) => console.log('logged', args.map((text) => (typeof text === 'string' ? lines(text) : text)));
log.useColors = false;
log('now %s', 'yes');
console.log(debug.enabled('other:x'), debug.enabled('nothing'), log.enabled);
console.log(debug.disable(), log.enabled);
log.enabled = true;
log('forced');
log.destroy();
console.log(Object.keys(debug).sort().join(), debug.humanize(90000));
