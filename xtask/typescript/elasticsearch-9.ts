// Which type of the Elasticsearch 9 client each generated body has. The exported names are those of `BodyKind` in
// `xtask/src/typescript/body.rs`.

import type { estypes } from "elasticsearch-9";
import type { Body, With } from "./shape.js";

// The client's settings take any key. Ours stand under `index`, each under a key that the client knows.
type Settings = { index?: Omit<estypes.IndicesIndexSettingsKeys, "index" | "settings"> };
type Template = With<estypes.IndicesPutIndexTemplateIndexTemplateMapping, "settings", Settings>;

export type Mappings = estypes.MappingTypeMapping;
export type IndexTemplate = With<Body<estypes.IndicesPutIndexTemplateRequest, "name" | "create" | "cause">, "template", Template>;
export type ComponentTemplate = Omit<Body<estypes.ClusterPutComponentTemplateRequest, "name" | "create" | "cause">, "template"> & {
  template: Template;
};
export type LifecyclePolicy = Body<estypes.IlmPutLifecycleRequest, "name">;
export type FirstIndex = With<Body<estypes.IndicesCreateRequest, "index" | "wait_for_active_shards">, "settings", Settings>;
export type IngestPipeline = Body<estypes.IngestPutPipelineRequest, "id" | "if_version">;
export type Roles = Record<string, Body<estypes.SecurityPutRoleRequest, "name" | "refresh">>;
