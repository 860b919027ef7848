'use strict';

// What of `v8` is about an engine. Values as bytes are native; the rest says what is true of Boa.

const { coded } = require('internal/errors');
const { validateInteger, validateString } = require('internal/validate');
const process = require('process');

function missing(name) {
  return coded('ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', `v8.${name} is not available: the engine of rjs is Boa, not V8`);
}

function unavailable(name, length = 0) {
  const call = () => { throw missing(name); };
  Object.defineProperties(call, { name: { value: name.slice(name.lastIndexOf('.') + 1) }, length: { value: length } });
  return call;
}

// The allocator's figures, in bytes: Boa has no heap of its own, and no limit.
function getHeapStatistics() {
  const { heapTotal, heapUsed } = process.memoryUsage();
  const limit = require('os').totalmem();
  return {
    total_heap_size: heapTotal,
    total_heap_size_executable: 0,
    total_physical_size: heapTotal,
    total_available_size: Math.max(0, limit - heapUsed),
    used_heap_size: heapUsed,
    heap_size_limit: limit,
    malloced_memory: heapUsed,
    peak_malloced_memory: process.resourceUsage().maxRSS * 1024,
    does_zap_garbage: 0,
    number_of_native_contexts: 1,
    number_of_detached_contexts: 0,
    total_global_handles_size: 0,
    used_global_handles_size: 0,
    external_memory: 0,
    total_allocated_bytes: heapTotal,
  };
}

function getHeapSpaceStatistics() {
  const { heapTotal, heapUsed } = process.memoryUsage();
  return [{
    space_name: 'heap',
    space_size: heapTotal,
    space_used_size: heapUsed,
    space_available_size: heapTotal - heapUsed,
    physical_space_size: heapTotal,
  }];
}

// Boa compiles to no machine code, and keeps no count of its bytecode.
function getHeapCodeStatistics() {
  return {
    code_and_metadata_size: 0,
    bytecode_and_metadata_size: 0,
    external_script_source_size: 0,
    cpu_profiler_metadata_size: 0,
  };
}

// V8's flags mean nothing to Boa.
function setFlagsFromString(flags) {
  validateString(flags, 'flags');
}

function setHeapSnapshotNearHeapLimit(limit) {
  validateInteger(limit, 'limit', 1, 0xFFFFFFFF);
  throw missing('setHeapSnapshotNearHeapLimit');
}

// Compiled code is never cached; the tag changes with rjs and Boa all the same.
function cachedDataVersionTag() {
  let tag = 0;
  for (const unit of `${process.versions.rjs} ${process.versions.boa}`) {
    tag = (Math.imul(tag, 31) + unit.charCodeAt(0)) >>> 0;
  }
  return tag;
}

function outsideOfSnapshot(name) {
  const call = () => {
    throw coded('ERR_NOT_BUILDING_SNAPSHOT', 'Operation cannot be invoked when not building startup snapshot');
  };
  return Object.defineProperty(call, 'name', { value: name });
}

class GCProfiler {
  start() { throw missing('GCProfiler'); }
  stop() {}
  [Symbol.dispose]() {}
}

module.exports = {
  cachedDataVersionTag,
  getHeapSnapshot: unavailable('getHeapSnapshot'),
  getHeapStatistics,
  getHeapSpaceStatistics,
  getHeapCodeStatistics,
  getCppHeapStatistics: unavailable('getCppHeapStatistics'),
  setFlagsFromString,
  Serializer: native.Serializer,
  Deserializer: native.Deserializer,
  DefaultSerializer: native.DefaultSerializer,
  DefaultDeserializer: native.DefaultDeserializer,
  deserialize: native.deserialize,
  takeCoverage() {},
  stopCoverage() {},
  serialize: native.serialize,
  writeHeapSnapshot: unavailable('writeHeapSnapshot', 2),
  promiseHooks: {
    createHook: unavailable('promiseHooks.createHook'),
    onInit: unavailable('promiseHooks.onInit', 1),
    onBefore: unavailable('promiseHooks.onBefore', 1),
    onAfter: unavailable('promiseHooks.onAfter', 1),
    onSettled: unavailable('promiseHooks.onSettled', 1),
  },
  queryObjects: unavailable('queryObjects', 1),
  startupSnapshot: {
    addDeserializeCallback: outsideOfSnapshot('addDeserializeCallback'),
    addSerializeCallback: outsideOfSnapshot('addSerializeCallback'),
    setDeserializeMainFunction: outsideOfSnapshot('setDeserializeMainFunction'),
    isBuildingSnapshot: () => false,
  },
  setHeapSnapshotNearHeapLimit,
  GCProfiler,
  isStringOneByteRepresentation: native.isStringOneByteRepresentation,
  startCpuProfile: unavailable('startCpuProfile'),
};
