'use strict';

// glob, globSync and promises.glob: a walk along the steps of patterns, whose calls return or are
// awaited.

const { invalidArgType } = require('internal/errors');
const { globPatterns, pathText, promised, sync } = require('internal/fs/native');
const { validateFunction, validateObject, validateString } = require('internal/validate');
const { Dirent } = require('fs');
const { basename, dirname, join, matchesGlob, resolve } = require('path');
const process = require('process');

const TYPES = { withFileTypes: true };
const IF_THERE = { throwIfNoEntry: false };
const FOLDER = 2;

function exclusion(exclude) {
  if (exclude === undefined || exclude === null) return undefined;
  if (typeof exclude === 'function') return exclude;
  if (!Array.isArray(exclude)) {
    throw invalidArgType('options.exclude', 'of type function or string[]', exclude);
  }
  exclude.forEach((pattern, index) => validateString(pattern, `options.exclude[${index}]`));
  return exclude;
}

function decode(given, options) {
  const patterns = typeof given === 'object' ? given : [given];
  if (!Array.isArray(patterns)) throw invalidArgType('patterns', 'an instance of Array', given);
  for (const pattern of patterns) validateString(pattern, 'patterns');
  if (options !== undefined) validateObject(options, 'options');
  const { cwd = '.', exclude, withFileTypes = false } = options ?? {};
  let root = cwd;
  if (typeof cwd !== 'string') {
    if (!(cwd instanceof URL)) validateString(cwd, 'paths[0]');
    root = pathText(cwd, 'cwd');
  }
  return { patterns, root, exclude: exclusion(exclude), withFileTypes: Boolean(withFileTypes) };
}

// Whether `**` passes a link, after which it is at its end, as circles may be behind it: where the
// pattern begins with a dot, or goes on with something that means the link.
function passes(name, steps, at) {
  if (steps[0] === '.') return true;
  const next = steps[at + 1];
  return typeof next === 'function' ? next(name) : next === name;
}

class Walk {
  // What was found since it was last looked at.
  found = [];
  #io;
  #options;
  #absoluteRoot;
  #listings = new Map();
  #known = new Set();
  #visited = new Set();
  #waiting = [];

  constructor(io, options) {
    this.#io = io;
    this.#options = options;
    this.#absoluteRoot = resolve(options.root);
  }

  *run() {
    for (const pattern of this.#options.patterns) {
      if (pattern === '') continue;
      for (const steps of globPatterns(pattern)) {
        // Where one is, and what is above, is not found.
        if (steps[0] !== '' && steps.every((step) => ['', '.', '..'].includes(step))) continue;
        const isAbsolute = steps[0] === '' && steps.length > 1;
        this.#visit(isAbsolute ? '/' : '', steps, isAbsolute ? 1 : 0);
        while (this.#waiting.length > 0) yield* this.#step(this.#waiting.shift());
        this.#visited.clear();
      }
    }
  }

  #visit(folder, steps, at) {
    const key = `${at}:${folder}`;
    if (this.#visited.has(key)) return;
    this.#visited.add(key);
    this.#waiting.push({ folder, steps, at });
  }

  *#step({ folder, steps, at }) {
    while (steps[at] === '.' && at < steps.length - 1) at += 1;
    const step = steps[at];
    const isLast = at === steps.length - 1;
    if (step === true) return yield* this.#anywhere(folder, steps, at, isLast);
    if (typeof step === 'function') return yield* this.#matching(folder, steps, at, isLast);
    if (step === '' || step === '.') {
      const kind = yield* this.#kind(folder);
      if (kind === 'folder' || (kind === 'link' && steps[0] === '.')) this.#find(folder);
    } else if (step === '..') {
      if ((yield* this.#kind(folder)) === undefined) return;
      const above = join(folder, '..');
      if (isLast) this.#find(above);
      else this.#visit(above, steps, at + 1);
    } else {
      const path = join(folder, step);
      if (!isLast) return this.#visit(path, steps, at + 1);
      const stats = yield* this.#stats(path);
      if (stats !== undefined && !this.#isExcluded(path, stats)) this.#find(path, stats);
    }
  }

  *#matching(folder, steps, at, isLast) {
    for (const entry of yield* this.#list(folder)) {
      if (!steps[at](entry.name)) continue;
      const path = join(folder, entry.name);
      if (this.#isExcluded(path, entry)) continue;
      if (isLast) this.#find(path, entry);
      else if (entry.isDirectory() || entry.isSymbolicLink()) this.#visit(path, steps, at + 1);
    }
  }

  *#anywhere(folder, steps, at, isLast) {
    if (!isLast) this.#visit(folder, steps, at + 1);
    else if ((yield* this.#kind(folder)) !== undefined) this.#find(folder);
    for (const entry of yield* this.#list(folder)) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (this.#isExcluded(path, entry)) continue;
      if (entry.isDirectory()) this.#visit(path, steps, at);
      else if (isLast) this.#find(path, entry);
      else if (entry.isSymbolicLink() && passes(entry.name, steps, at)) this.#visit(path, steps, at + 1);
    }
  }

  #full(path) {
    return path.startsWith('/') ? path : join(this.#absoluteRoot, path);
  }

  *#list(folder) {
    let entries = this.#listings.get(folder);
    if (entries === undefined) {
      try {
        entries = yield this.#io.readdir(this.#full(folder), TYPES);
      } catch {
        // What is no folder, or not to be read, has nothing to be found in.
        entries = [];
      }
      this.#listings.set(folder, entries);
    }
    return entries;
  }

  *#stats(path) {
    try {
      return yield this.#io.lstat(this.#full(path), IF_THERE);
    } catch {
      return undefined;
    }
  }

  // Whether a path is a folder, or a link to one.
  *#kind(path) {
    const stats = yield* this.#stats(path);
    if (stats === undefined) return undefined;
    if (stats.isDirectory()) return 'folder';
    if (!stats.isSymbolicLink()) return undefined;
    const behind = yield this.#io.stat(this.#full(path), IF_THERE);
    return behind?.isDirectory() ? 'link' : undefined;
  }

  #isExcluded(path, entry) {
    const { exclude, withFileTypes } = this.#options;
    if (exclude === undefined) return false;
    if (Array.isArray(exclude)) {
      return exclude.some((pattern) => matchesGlob(path, pattern) ||
        (pattern.startsWith('/') && matchesGlob(this.#full(path), pattern)));
    }
    if (withFileTypes) return Boolean(exclude(this.#dirent(path, entry)));
    const name = basename(path);
    return Boolean(exclude(name)) || (entry.isDirectory() && path !== name && Boolean(exclude(path)));
  }

  #dirent(path, entry) {
    const kinds = ['', 'isFile', 'isDirectory', 'isSymbolicLink', 'isFIFO', 'isSocket', 'isCharacterDevice', 'isBlockDevice'];
    const type = entry === undefined ? FOLDER : kinds.findIndex((kind) => kind !== '' && entry[kind]());
    const { root } = this.#options;
    if (path === '' || path === '.') return new Dirent('.', Math.max(type, 0), root);
    const at = path.startsWith('/') ? path : join(root, path);
    return new Dirent(basename(path), Math.max(type, 0), dirname(at));
  }

  #find(path, entry) {
    const name = path === '' ? '.' : path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    if (this.#known.has(name)) return;
    this.#known.add(name);
    this.found.push(this.#options.withFileTypes ? this.#dirent(name, entry) : name);
  }
}

function globSync(pattern, options) {
  const walk = new Walk(sync, decode(pattern, options));
  const steps = walk.run();
  let step = steps.next();
  while (!step.done) step = steps.next(step.value);
  return walk.found;
}

async function* globPromised(pattern, options) {
  const walk = new Walk(promised, decode(pattern, options));
  const steps = walk.run();
  let step = steps.next();
  while (!step.done) {
    let value;
    let failure;
    try {
      value = await step.value;
    } catch (error) {
      failure = { error };
    }
    step = failure ? steps.throw(failure.error) : steps.next(value);
    while (walk.found.length > 0) yield walk.found.shift();
  }
  yield* walk.found;
}

async function collect(pattern, options) {
  const found = [];
  for await (const path of globPromised(pattern, options)) found.push(path);
  return found;
}

function glob(pattern, options, callback) {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  validateFunction(callback, 'cb');
  decode(pattern, options);
  collect(pattern, options).then(
    (found) => process.nextTick(callback, null, found),
    (error) => process.nextTick(callback, error),
  );
}

module.exports = { glob, globPromised, globSync };
