'use strict';
const Table = require('cli-table3');
const { inspect } = require('util');

const table = new Table({ head: ['name', 'n'], colWidths: [12, 6], style: { head: ['red'] }, wordWrap: true });
table.push(['first', 1], [{ content: 'both columns', colSpan: 2, hAlign: 'center' }], ['a text that is long', -3]);
console.log(table.toString());
const cross = new Table({ head: ['', 'a', 'b'], chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' } });
cross.push({ one: ['1', '2'] }, { two: [{ rowSpan: 2, content: 'tall' }, 'x'] }, { three: ['\u5bbd\u5b57'] });
console.log(cross.toString());
console.log(inspect(new Table({ chars: { top: '' } }).options.chars).length > 10);
