// Kibana's own parser, as the package `kbn-es-query` has it (Kibana 8.9): reads KQL texts as JSON strings, one a line, and
// prints for each what `cargo run -p event-query --example syntax` prints. In an empty folder outside of the repository:
//
//   npm install kbn-es-query@1.0.7 && node PATH/oracle.mjs < texts.ndjson
//
// `node oracle.mjs --cases < texts.ndjson > cases.ndjson` writes the table that the tests of the crate read.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { createInterface } from "node:readline";

const folder = resolve("node_modules/kbn-es-query/build");
const bundle = readFileSync(`${folder}/index.js`, "utf8");
// The package exports its DSL alone, so the parser is taken out of a copy.
writeFileSync(`${folder}/parser.js`, `${bundle}\nexports.grammar = grammar; exports.nodeTypes = requireNode_types().nodeTypes;\n`);
const { grammar, nodeTypes } = createRequire(import.meta.url)(`${folder}/parser.js`);

const WILDCARD = "@kuery-wildcard@";

function literal(node) {
  if (node.type === "wildcard") return { w: node.value.split(WILDCARD) };
  return node.isQuoted ? { q: node.value } : { u: String(node.value) };
}

function tree(node) {
  const [first, second, third] = node.arguments;
  switch (node.function) {
    case "is":
      return { is: [first.type === "literal" && first.value === null && !first.isQuoted ? null : literal(first), literal(second)] };
    case "range":
      return { range: [literal(first), second.value ?? second, literal(third)] };
    case "nested":
      return { nested: [literal(first), tree(second)] };
    case "not":
      return { not: tree(first) };
    default:
      return { [node.function]: node.arguments.map(tree) };
  }
}

function parsed(text) {
  try {
    return { ok: tree(grammar.parse(text, { helpers: { nodeTypes } })) };
  } catch (error) {
    if (!error.location) throw error;
    return { error: error.location.start.offset };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const text = JSON.parse(line);
  const result = parsed(text);
  console.log(JSON.stringify(process.argv.includes("--cases") ? { text, ...result } : result));
}
