'use strict';
// Loaded before every program in Node. Agents mix `require` and `import`; in Deno both work everywhere (start.mjs), so
// here too: modules, which have no require of their own, find this one.
globalThis.require = require('node:module').createRequire(`${process.cwd()}/`);
