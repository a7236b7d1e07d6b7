// First module of every run in Deno. Deno reads what the main module imports statically (`import secret from
// '/etc/passwd' with { type: 'text' }`) without asking for permission; below an import whose path is only known at run
// time it asks. So untrusted code is never the main module, and its path comes as an argument.
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const [program, exceljs] = Deno.args;
process.argv.splice(1, process.argv.length, fileURLToPath(program));

// Every file is a module here, but `.js` files may be written as CommonJS.
const workRequire = createRequire(program);
globalThis.module = { exports: {} };
globalThis.require = (id) => workRequire(id === 'exceljs' ? exceljs : id);
globalThis.require.main = globalThis.module;
globalThis.__filename = fileURLToPath(program);
globalThis.__dirname = dirname(__filename);

try {
  await import(program);
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
  Deno.exit(1);
}
