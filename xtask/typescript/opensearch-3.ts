// Which type of the OpenSearch 3 client each generated body has. The exported names are those of `BodyKind` in
// `xtask/src/typescript/body.rs`.

import type { API, Types } from "@opensearch-project/opensearch";
import type { PluginSettings, ScriptProcessor } from "./exceptions.js";
import type { Known, With } from "./shape.js";

// The client's settings take any key. Ours stand under `index`, each under a key that the client knows. It also knows
// Elasticsearch's lifecycle settings, which OpenSearch refuses.
type Settings = {
  index?: Omit<Known<Types.Indices_Common.IndexSettings>, "index" | "settings" | "lifecycle" | "lifecycle.name"> & PluginSettings;
};
type Processor = Omit<Types.Ingest_Common.ProcessorContainer, "script"> & Partial<ScriptProcessor>;

export type Mappings = Types.Common_Mapping.TypeMapping;
export type IndexTemplate = With<
  API.Indices_PutIndexTemplate_RequestBody,
  "template",
  With<Types.Indices_PutIndexTemplate.IndexTemplateMapping, "settings", Settings>
>;
export type ComponentTemplate = Omit<API.Cluster_PutComponentTemplate_RequestBody, "template"> & {
  template: With<Types.Indices_Common.IndexState, "settings", Settings>;
};
export type LifecyclePolicy = NonNullable<API.Ism_PutPolicy_Request["body"]>;
export type FirstIndex = With<API.Indices_Create_RequestBody, "settings", Settings>;
export type IngestPipeline = With<
  With<API.Ingest_PutPipeline_RequestBody, "processors", Processor[]>,
  "on_failure",
  Processor[]
>;
export type Roles = Record<string, API.Security_CreateRole_Request["body"]>;
