'use strict';
// Loggers: pino, also through its threads, and winston.
const fs = require('fs');
const os = require('os');
const path = require('path');
const pino = require('pino');
const winston = require('winston');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'logs-'));
const options = { base: { app: 'a' }, timestamp: false };

const logger = pino({ ...options, level: 'debug', redact: ['secret', '*.token'], serializers: { err: pino.stdSerializers.err } }, pino.destination({ sync: true, dest: 1 }));
logger.info('plain');
logger.debug({ n: 1, secret: 'x', inner: { token: 't' } }, 'object %s', 'formatted');
logger.child({ module: 'm' }, { level: 'warn' }).warn('of the child');
logger.trace('not shown');
const shown = [];
const error = pino(options, { write: (line) => shown.push(JSON.parse(line)) });
error.error(new RangeError('told'));
console.log(shown.map(({ err, msg, level }) => [err.type, err.message, typeof err.stack, msg, level]));
console.log(logger.isLevelEnabled('trace'), logger.levels.labels[30]);

const file = path.join(folder, 'threaded.log');
const transport = pino.transport({ target: 'pino/file', options: { destination: file } });
const threaded = pino(options, transport);
threaded.info('through a thread');
transport.on('close', () => {
  console.log(fs.readFileSync(file, 'utf8').trim());
  withWinston();
});
transport.on('ready', () => threaded.flush(() => transport.end()));

function withWinston() {
  const target = path.join(folder, 'winston.log');
  const made = winston.createLogger({
    level: 'info',
    format: winston.format.combine(winston.format.errors({ stack: false }), winston.format.splat(), winston.format.json()),
    defaultMeta: { service: 's' },
    transports: [new winston.transports.Console({ format: winston.format.printf(({ level, message, service }) => `${service} ${level}: ${message}`) }),
      new winston.transports.File({ filename: target })],
  });
  made.info('hello %s', 'there');
  made.error(new Error('an error'));
  made.debug('not shown');
  made.child({ request: 1 }).warn('of the child', { more: true });
  made.on('finish', () => setImmediate(function look() {
    const text = fs.existsSync(target) ? fs.readFileSync(target, 'utf8') : '';
    if (text.split('\n').length < 4) return setImmediate(look);
    console.log(text.trim());
    fs.rmSync(folder, { recursive: true });
  }));
  made.end();
}
