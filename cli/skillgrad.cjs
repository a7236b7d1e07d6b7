#!/usr/bin/env node
'use strict';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 3)) {
  console.error(`SkillGrad needs Node 20.3 or newer; this is ${process.versions.node} (${process.execPath}).`);
  process.exit(1);
}

// From a clone the sources run as they are; a published package holds compiled files instead.
if (require('node:fs').existsSync(require('node:path').join(__dirname, 'main.ts'))) {
  try {
    require.resolve('tsx/cjs');
  } catch {
    console.error(`The dependencies are not installed: run \`npm ci\` in ${require('node:path').dirname(__dirname)}.`);
    process.exit(1);
  }
  require('tsx/cjs');
}
void require('./main').main(process.argv);
