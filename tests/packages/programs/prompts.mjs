// Questions, answered through streams that are no terminal: prompts and inquirer.
import { PassThrough } from 'node:stream';
import { confirm, input, select } from '@inquirer/prompts';
import prompts from 'prompts';

prompts.inject(['name', 3, new Error('aborted')]);
console.log(await prompts([{ type: 'text', name: 'a', message: 'A' }, { type: 'number', name: 'b', message: 'B' }, { type: 'text', name: 'c', message: 'C' }], { onCancel: () => false }));
console.log(await prompts({ type: (previous) => previous, name: 'none', message: '' }));

async function answered(question, keys, config) {
  const stdin = new PassThrough();
  const output = new PassThrough();
  output.resume();
  const promise = question(config, { input: stdin, output });
  setImmediate(() => stdin.write(keys));
  return promise;
}
console.log(await answered(input, 'typed\n', { message: 'text', validate: (value) => value.length > 2 }));
console.log(await answered(confirm, 'n\n', { message: 'sure' }));
console.log(await answered(select, '\x1b[B\x1b[B\n', { message: 'which', choices: ['a', 'b', { name: 'C', value: 'c' }] }));
const stdin = new PassThrough();
const output = new PassThrough();
let drawn = '';
output.on('data', (piece) => { drawn += piece; });
const typed = input({ message: 'Name', default: 'nobody' }, { input: stdin, output });
setImmediate(() => stdin.write('\n'));
console.log(await typed, drawn.includes('Name'), drawn.includes('nobody'));
