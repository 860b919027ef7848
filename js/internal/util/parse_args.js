'use strict';

// util.parseArgs: options and positionals out of a command line.

const { coded, invalidArgType, invalidArgValue } = require('internal/errors');
const { validateBoolean, validateObject, validateString } = require('internal/validate');
const process = require('process');

const { entries, hasOwn } = Object;
const { isArray } = Array;
const { stringify } = JSON;

const own = (object, name) => (hasOwn(object, name) ? object[name] : undefined);

function parseArgs(config = { __proto__: null }) {
  const args = own(config, 'args') ?? mainArgs();
  const strict = own(config, 'strict') ?? true;
  const allowPositionals = own(config, 'allowPositionals') ?? !strict;
  const wantsTokens = own(config, 'tokens') ?? false;
  const allowNegative = own(config, 'allowNegative') ?? false;
  const options = own(config, 'options') ?? { __proto__: null };

  validateArray(args, 'args');
  validateBoolean(strict, 'strict');
  validateBoolean(allowPositionals, 'allowPositionals');
  validateBoolean(wantsTokens, 'tokens');
  validateBoolean(allowNegative, 'allowNegative');
  validateObject(options, 'options');
  for (const [name, option] of entries(options)) validateOption(option, `options.${name}`);

  const tokens = new Tokenizer(args, options).tokens();
  const values = { __proto__: null };
  const positionals = [];
  const result = wantsTokens ? { values, positionals, tokens } : { values, positionals };
  for (const token of tokens) {
    if (token.kind === 'option') {
      if (strict) checkUsage(token, options, allowNegative, allowPositionals);
      store(token, options, values, allowNegative);
    } else if (token.kind === 'positional') {
      if (!allowPositionals) throw unexpectedPositional(token.value);
      positionals[positionals.length] = token.value;
    }
  }
  addDefaults(options, values);
  return result;
}

// What follows the program; with -e and -p there is no file name to skip.
function mainArgs() {
  return process.argv.slice(process._eval === undefined ? 2 : 1);
}

function validateArray(value, name) {
  if (!isArray(value)) throw invalidArgType(name, 'an instance of Array', value);
}

function validateOption(option, path) {
  validateObject(option, path);
  const type = own(option, 'type');
  if (type !== 'string' && type !== 'boolean') {
    throw invalidArgType(`${path}.type`, "('string|boolean')", type);
  }
  if (hasOwn(option, 'short')) {
    const { short } = option;
    validateString(short, `${path}.short`);
    if (short.length !== 1) throw invalidArgValue(`${path}.short`, short, 'must be a single character');
  }
  if (hasOwn(option, 'multiple')) validateBoolean(option.multiple, `${path}.multiple`);
  const value = own(option, 'default');
  if (value === undefined) return;
  const validate = type === 'string' ? validateString : validateBoolean;
  if (!own(option, 'multiple')) return validate(value, `${path}.default`);
  validateArray(value, `${path}.default`);
  for (let i = 0; i < value.length; i++) validate(value[i], `${path}.default[${i}]`);
}

// Tells options, their values and positionals apart, as POSIX has them (Utility Conventions, 12.2).
class Tokenizer {
  #args;
  #options;
  #tokens = [];
  // The place in the command line; members of a group like -abc share theirs.
  #index = 0;

  constructor(args, options) {
    this.#args = args;
    this.#options = options;
  }

  tokens() {
    const args = this.#args;
    while (this.#index < args.length) {
      const arg = args[this.#index];
      if (arg === '--') {
        this.#terminate();
        break;
      }
      if (arg.length > 2 && arg.startsWith('--')) this.#long(arg);
      else if (arg.length > 1 && arg[0] === '-' && arg[1] !== '-') this.#short(arg);
      else this.#push({ kind: 'positional', index: this.#index, value: arg });
      this.#index++;
    }
    return this.#tokens;
  }

  #push(token) {
    this.#tokens[this.#tokens.length] = token;
  }

  // All that follows a bare -- is positional.
  #terminate(first = []) {
    let index = this.#index;
    this.#push({ kind: 'option-terminator', index });
    const rest = [...first, ...this.#args.slice(index + 1)];
    for (const value of rest) this.#push({ kind: 'positional', index: ++index, value });
    this.#index = this.#args.length;
  }

  #long(arg) {
    const equals = arg.indexOf('=', 3);
    if (equals === -1) return this.#option(arg.slice(2), arg);
    const name = arg.slice(2, equals);
    this.#inline(name, `--${name}`, arg.slice(equals + 1));
  }

  // -f, -fVALUE, or a group of which only the last may take a value.
  #short(arg) {
    for (let at = 1; at < arg.length; at++) {
      const letter = arg[at];
      // Written out, -b-x is -b -- -x.
      if (letter === '-') return this.#terminate([...arg.slice(at + 1)].map((rest) => `-${rest}`));
      const name = this.#longName(letter);
      if (at === arg.length - 1) return this.#option(name, `-${letter}`);
      if (this.#takesValue(name)) return this.#inline(name, `-${letter}`, arg.slice(at + 1));
      this.#push({ kind: 'option', name, rawName: `-${letter}`, index: this.#index, value: undefined, inlineValue: undefined });
    }
  }

  #inline(name, rawName, value) {
    this.#push({ kind: 'option', name, rawName, index: this.#index, value, inlineValue: true });
  }

  // The value is the next argument, whatever that looks like.
  #option(name, rawName) {
    const index = this.#index;
    const next = this.#args[index + 1];
    let value;
    let inlineValue;
    if (this.#takesValue(name) && next !== undefined && next !== null) {
      value = next;
      inlineValue = false;
      this.#index++;
    }
    this.#push({ kind: 'option', name, rawName, index, value, inlineValue });
  }

  #takesValue(name) {
    return hasOwn(this.#options, name) && own(this.#options[name], 'type') === 'string';
  }

  #longName(letter) {
    for (const [name, option] of entries(this.#options)) {
      if (own(option, 'short') === letter) return name;
    }
    return letter;
  }
}

function checkUsage(token, options, allowNegative, allowPositionals) {
  let { name } = token;
  if (!hasOwn(options, name)) {
    name = allowNegative && name.startsWith('no-') ? name.slice(3) : undefined;
    if (name === undefined || !hasOwn(options, name) || own(options[name], 'type') !== 'boolean') {
      throw unknownOption(token.rawName, allowPositionals);
    }
  }
  const short = own(options[name], 'short');
  const shown = short ? `-${short}, --${name}` : `--${name}`;
  const type = own(options[name], 'type');
  if (type === 'string' && typeof token.value !== 'string') {
    throw invalidOption(`Option '${shown} <value>' argument missing`);
  }
  if (type === 'boolean' && token.value !== undefined && token.value !== null) {
    throw invalidOption(`Option '${shown}' does not take an argument`);
  }
  checkAmbiguity(token);
}

// A value that looks like an option may be one whose own value was forgotten.
function checkAmbiguity({ name, rawName, value, inlineValue }) {
  if (inlineValue || typeof value !== 'string' || value.length < 2 || value[0] !== '-') return;
  const example = rawName.startsWith('--') ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
  throw invalidOption(
    `Option '${rawName}' argument is ambiguous.\n` +
    `Did you forget to specify the option argument for '${rawName}'?\n` +
    `To specify an option argument starting with a dash use ${example}.`
  );
}

const invalidOption = (message) => coded('ERR_PARSE_ARGS_INVALID_OPTION_VALUE', message);

function unknownOption(rawName, allowPositionals) {
  const hint = allowPositionals
    ? ". To specify a positional argument starting with a '-', place it at the end of the command " +
      `after '--', as in '-- ${stringify(rawName)}`
    : '';
  return coded('ERR_PARSE_ARGS_UNKNOWN_OPTION', `Unknown option '${rawName}'${hint}`);
}

function unexpectedPositional(value) {
  const message = `Unexpected argument '${value}'. This command does not take positional arguments`;
  return coded('ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL', message);
}

function store(token, options, values, allowNegative) {
  let { name, value } = token;
  if (name === '__proto__') return;
  if (allowNegative && value === undefined && name.startsWith('no-')) {
    name = name.slice(3);
    token.name = name;
    value = false;
  }
  value ??= true;
  if (!hasOwn(options, name) || !own(options[name], 'multiple')) {
    values[name] = value;
  } else if (values[name] === undefined) {
    values[name] = [value];
  } else {
    values[name][values[name].length] = value;
  }
}

function addDefaults(options, values) {
  for (const [name, option] of entries(options)) {
    const value = own(option, 'default');
    if (value !== undefined && values[name] === undefined && name !== '__proto__') values[name] = value;
  }
}

module.exports = { parseArgs };
