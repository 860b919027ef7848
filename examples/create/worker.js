#!/usr/bin/env node
console.log('worker', process.pid);
