'use strict';

// cp, cpSync and promises.cp: one walk, whose calls return or are awaited.

const { coded, received } = require('internal/errors');
const { pathText, promised, sync, systemError, toMode } = require('internal/fs/native');
const {
  validateBoolean, validateFunction, validateInteger, validateObject,
} = require('internal/validate');
const { dirname, isAbsolute, join, parse, resolve, sep } = require('path');
const process = require('process');

const BIG = { bigint: true };
const BIG_OR_NONE = { bigint: true, throwIfNoEntry: false };
const DEFAULTS = {
  __proto__: null,
  dereference: false,
  errorOnExist: false,
  force: true,
  preserveTimestamps: false,
  recursive: false,
  verbatimSymlinks: false,
};
const WRITABLE = 0o200;

// What may be wrong with a copy: the errno it is told with, and what it is about.
const FAULTS = {
  __proto__: null,
  ERR_FS_CP_DIR_TO_NON_DIR: ['EISDIR', 'Cannot overwrite non-directory with directory'],
  ERR_FS_CP_EEXIST: ['EEXIST', 'Target already exists'],
  ERR_FS_CP_EINVAL: ['EINVAL', 'Invalid src or dest'],
  ERR_FS_CP_FIFO_PIPE: ['EINVAL', 'Cannot copy a FIFO pipe'],
  ERR_FS_CP_NON_DIR_TO_DIR: ['ENOTDIR', 'Cannot overwrite directory with non-directory'],
  ERR_FS_CP_SOCKET: ['EINVAL', 'Cannot copy a socket file'],
  ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY: ['EINVAL', 'Cannot overwrite symlink in subdirectory of self'],
  ERR_FS_CP_UNKNOWN: ['EINVAL', 'Cannot copy an unknown file type'],
  ERR_FS_EISDIR: ['EISDIR', 'Path is a directory'],
};

function fault(code, message, path) {
  const [errno, about] = FAULTS[code];
  return systemError(code, about, message, errno, 'cp', path);
}

function decode(options) {
  if (options === undefined) return DEFAULTS;
  validateObject(options, 'options');
  const decoded = { __proto__: null, ...DEFAULTS, ...options };
  for (const name of Object.keys(DEFAULTS)) validateBoolean(decoded[name], `options.${name}`);
  if (decoded.mode !== undefined && decoded.mode !== null) validateInteger(decoded.mode, 'mode', 0, 7);
  decoded.mode = toMode(decoded.mode);
  if (decoded.dereference && decoded.verbatimSymlinks) {
    throw coded('ERR_INCOMPATIBLE_OPTION_PAIR',
      'Option "dereference" cannot be used in combination with option "verbatimSymlinks"');
  }
  if (decoded.filter !== undefined) validateFunction(decoded.filter, 'options.filter');
  return decoded;
}

function isSame(a, b) {
  return a.ino === b.ino && a.dev === b.dev;
}

function parts(path) {
  return resolve(path).split(sep).filter((part) => part !== '');
}

// True where `path` is `folder` or below it.
function isWithin(folder, path) {
  const inner = parts(path);
  return parts(folder).every((part, index) => inner[index] === part);
}

// A copy under way. Its generators yield what `io` returns and go on with what came of it.
class Copy {
  #io;
  #options;
  #isSync;

  constructor(io, options, isSync) {
    this.#io = io;
    this.#options = options;
    this.#isSync = isSync;
  }

  *run(src, dest) {
    const checked = yield* this.#check(src, dest);
    if (checked === undefined) return;
    yield* this.#checkParents(src, checked.from, dest);
    const parent = dirname(dest);
    if ((yield this.#io.stat(parent, BIG_OR_NONE)) === undefined) {
      yield this.#io.mkdir(parent, { recursive: true });
    }
    yield* this.#copy(src, dest, checked);
  }

  // What both ends are; nothing where the filter does not want it.
  *#check(src, dest) {
    const { dereference, filter } = this.#options;
    if (filter !== undefined && !(yield this.#filtered(filter(src, dest)))) return undefined;
    const stat = dereference ? this.#io.stat : this.#io.lstat;
    const from = yield stat(src, BIG);
    const to = yield* this.#statOrNothing(stat, dest);
    if (to !== undefined) {
      if (isSame(from, to)) throw fault('ERR_FS_CP_EINVAL', 'src and dest cannot be the same', dest);
      if (from.isDirectory() && !to.isDirectory()) {
        const message = `cannot overwrite non-directory ${dest} with directory ${src}`;
        throw fault('ERR_FS_CP_DIR_TO_NON_DIR', message, dest);
      }
      if (!from.isDirectory() && to.isDirectory()) {
        const message = `cannot overwrite directory ${dest} with non-directory ${src}`;
        throw fault('ERR_FS_CP_NON_DIR_TO_DIR', message, dest);
      }
    }
    if (from.isDirectory() && isWithin(src, dest)) throw this.#toItself(src, dest);
    return { from, to };
  }

  *#statOrNothing(stat, path) {
    try {
      return yield stat(path, BIG);
    } catch (error) {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  #toItself(src, dest) {
    return fault('ERR_FS_CP_EINVAL', `cannot copy ${src} to a subdirectory of self ${dest}`, dest);
  }

  #filtered(answer) {
    if (!this.#isSync || typeof answer?.then !== 'function') return answer;
    const got = received(answer);
    throw coded('ERR_INVALID_RETURN_VALUE',
      `Expected boolean to be returned from the "filter" function but got ${got}.`);
  }

  // Links may lead from above `dest` to `src`.
  *#checkParents(src, from, dest) {
    const above = resolve(dirname(src));
    let parent = resolve(dirname(dest));
    while (parent !== above && parent !== parse(parent).root) {
      const stats = yield* this.#statOrNothing(this.#io.stat, parent);
      if (stats === undefined) return;
      if (isSame(from, stats)) throw this.#toItself(src, dest);
      parent = dirname(parent);
    }
  }

  *#copy(src, dest, { from, to }) {
    if (from.isDirectory()) {
      if (!this.#options.recursive) {
        throw fault('ERR_FS_EISDIR', `${src} is a directory (not copied)`, src);
      }
      yield* this.#copyFolder(src, dest, from, to);
    } else if (from.isFile() || from.isCharacterDevice() || from.isBlockDevice()) {
      yield* this.#copyFile(src, dest, from, to);
    } else if (from.isSymbolicLink()) {
      yield* this.#copyLink(src, dest, to);
    } else if (from.isSocket()) {
      throw fault('ERR_FS_CP_SOCKET', `cannot copy a socket file: ${dest}`, dest);
    } else if (from.isFIFO()) {
      throw fault('ERR_FS_CP_FIFO_PIPE', `cannot copy a FIFO pipe: ${dest}`, dest);
    } else {
      throw fault('ERR_FS_CP_UNKNOWN', `cannot copy an unknown file type: ${dest}`, dest);
    }
  }

  *#copyFile(src, dest, from, to) {
    const { errorOnExist, force, mode, preserveTimestamps } = this.#options;
    if (to !== undefined) {
      if (force) {
        yield this.#io.unlink(dest);
      } else if (errorOnExist) {
        throw fault('ERR_FS_CP_EEXIST', `${dest} already exists`, dest);
      } else {
        return;
      }
    }
    yield this.#io.copyFile(src, dest, mode);
    const permissions = Number(from.mode);
    if (preserveTimestamps) {
      if ((permissions & WRITABLE) === 0) yield this.#io.chmod(dest, permissions | WRITABLE);
      // Reading it has changed when it was read.
      const { atimeMs, mtimeMs } = yield this.#io.stat(src);
      yield this.#io.utimes(dest, atimeMs / 1000, mtimeMs / 1000);
    }
    yield this.#io.chmod(dest, permissions);
  }

  *#copyFolder(src, dest, from, to) {
    const { errorOnExist, force } = this.#options;
    if (to === undefined) {
      yield this.#io.mkdir(dest);
    } else if (!this.#isSync && errorOnExist && !force) {
      throw fault('ERR_FS_CP_EEXIST', `${dest} already exists`, dest);
    }
    for (const name of yield this.#io.readdir(src)) {
      const [inner, copied] = [join(src, name), join(dest, name)];
      const checked = yield* this.#check(inner, copied);
      if (checked !== undefined) yield* this.#copy(inner, copied, checked);
    }
    if (to === undefined) yield this.#io.chmod(dest, Number(from.mode));
  }

  *#copyLink(src, dest, to) {
    let target = yield this.#io.readlink(src);
    if (!this.#options.verbatimSymlinks && !isAbsolute(target)) target = resolve(dirname(src), target);
    if (to !== undefined) yield* this.#removeLink(src, dest, target);
    yield this.#io.symlink(target, dest);
  }

  *#removeLink(src, dest, target) {
    let old;
    try {
      old = yield this.#io.readlink(dest);
    } catch (error) {
      // It is no link: making one there fails with what there is to say.
      if (error.code === 'EINVAL') return;
      throw error;
    }
    if (!isAbsolute(old)) old = resolve(dirname(dest), old);
    const stats = yield* this.#statOrNothing(this.#io.stat, src);
    if (stats?.isDirectory()) {
      if (isWithin(target, old)) throw this.#toItself(target, old);
      if (isWithin(old, target)) {
        const message = `cannot overwrite ${old} with ${target}`;
        throw fault('ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY', message, dest);
      }
    }
    yield this.#io.unlink(dest);
  }
}

function runSync(steps) {
  let step = steps.next();
  while (!step.done) step = steps.next(step.value);
}

async function runPromised(steps) {
  let step = steps.next();
  while (!step.done) {
    let value;
    try {
      value = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
}

function begin(io, src, dest, options, isSync) {
  const decoded = decode(options);
  const [from, to] = [pathText(src, 'src'), pathText(dest, 'dest')];
  return new Copy(io, decoded, isSync).run(from, to);
}

function cpSync(src, dest, options) {
  runSync(begin(sync, src, dest, options, true));
}

async function cpPromised(src, dest, options) {
  await runPromised(begin(promised, src, dest, options, false));
}

function cp(src, dest, options, callback) {
  if (typeof options === 'function') [options, callback] = [undefined, options];
  validateFunction(callback, 'cb');
  runPromised(begin(promised, src, dest, options, false)).then(
    () => process.nextTick(callback, null),
    (error) => process.nextTick(callback, error),
  );
}

module.exports = { cp, cpPromised, cpSync };
