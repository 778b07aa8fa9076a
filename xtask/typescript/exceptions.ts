// What the engines' clients are known to lack: the one table of exceptions. Each has its reason, adds as little as
// possible to the client's type, and carries a line that stops compiling as soon as the client no longer lacks it; then
// the exception goes.

import type { Types } from "@opensearch-project/opensearch";
import type { Known } from "./shape.js";

/**
 * `@opensearch-project/opensearch`: its index settings leave out what plugins register. Index State Management reads
 * the alias to roll over from this setting.
 */
export type PluginSettings = { plugins?: { index_state_management?: { rollover_alias?: string } } };
// @ts-expect-error: the client knows index settings of plugins now; drop `PluginSettings`
export const pluginSettings: Known<Types.Indices_Common.IndexSettings> = { plugins: {} };

/**
 * `@opensearch-project/opensearch`: it has a script processor as nothing but a script, so that it refuses what every
 * processor takes (`description`, `if`, `ignore_failure`, `on_failure`, `tag`).
 */
export type ScriptProcessor = { script: Exclude<Types.Common.Script, string> & Types.Ingest_Common.ProcessorBase };
// @ts-expect-error: the client's script processor takes a description now; drop `ScriptProcessor`
export const scriptProcessor: Types.Ingest_Common.ProcessorContainer = { script: { source: "", description: "" } };
