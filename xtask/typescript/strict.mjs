// Compiles the JSON Schemas that are named, in strict mode: what the validator would ignore is an error. One that has such
// a thing is refused first, so that the check is known to look.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// The packages are in the folder that this runs in; this file is not.
const require = createRequire(`${process.cwd()}/`);
const Ajv = require('ajv/dist/2020').default;
const addFormats = require('ajv-formats').default;

function complaint(schema) {
  const validator = new Ajv({ strict: true });
  addFormats(validator);
  try {
    validator.compile(schema);
  } catch (error) {
    return error.message;
  }
}

if (complaint({ type: 'integer', format: 'uint32' }) === undefined) {
  console.log('a format that no validator knows was not refused');
}
for (const path of process.argv.slice(2)) {
  const found = complaint(JSON.parse(readFileSync(path, 'utf8')));
  if (found !== undefined) console.log(`${path}: ${found}`);
}
