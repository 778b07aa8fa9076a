//! Bodies as TypeScript: which type a generated file has by its name, and the source text that claims so.

#[cfg(test)]
mod tests;

use super::client::Client;
use super::source::TypeScriptFile;

/// What a generated body is; each module in `xtask/typescript/` exports a type for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyKind {
    Mappings,
    IndexTemplate,
    ComponentTemplate,
    LifecyclePolicy,
    FirstIndex,
    IngestPipeline,
    Roles,
}

/// What a file in an engine's folder is to this check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Sent to the engine.
    Body(BodyKind),
    /// Never sent to an engine: text for people, the installer's list of steps, or saved objects, which dashboards import.
    Aside,
    /// Nobody said what it is, so nobody checks it.
    Unknown,
}

impl BodyKind {
    /// Name of the type in the module of each client.
    pub const fn type_name(self) -> &'static str {
        match self {
            Self::Mappings => "Mappings",
            Self::IndexTemplate => "IndexTemplate",
            Self::ComponentTemplate => "ComponentTemplate",
            Self::LifecyclePolicy => "LifecyclePolicy",
            Self::FirstIndex => "FirstIndex",
            Self::IngestPipeline => "IngestPipeline",
            Self::Roles => "Roles",
        }
    }
}

/// What a file is, by its name: `index-template.json`, or `index-template.<alias>.json` of a further alias.
pub fn role(file_name: &str) -> Role {
    let Some((name, end)) = file_name.rsplit_once('.') else { return Role::Unknown };
    match end {
        "json" => {}
        "md" | "ndjson" => return Role::Aside,
        _ => return Role::Unknown,
    }
    let name = name.split_once('.').map_or(name, |(name, _alias)| name);
    Role::Body(match name {
        "mappings" => BodyKind::Mappings,
        "index-template" => BodyKind::IndexTemplate,
        "ilm-policy" | "ism-policy" => BodyKind::LifecyclePolicy,
        "first-index" => BodyKind::FirstIndex,
        "ingest-pipeline" => BodyKind::IngestPipeline,
        "roles" => BodyKind::Roles,
        "install" => return Role::Aside,
        _ if name.starts_with("component-template-") => BodyKind::ComponentTemplate,
        _ => return Role::Unknown,
    })
}

/// A body as the literal of its type, so that keys which the type does not know are errors. What stands before the
/// literal stands on its first line: lines are those of the generated file.
pub fn source(client: Client, kind: BodyKind, log: &str, file_name: &str, json: &str) -> TypeScriptFile {
    let (module, name) = (client.module(), kind.type_name());
    TypeScriptFile {
        path: format!("{log}/{module}/{file_name}.ts"),
        text: format!(
            "import type {{ {name} }} from \"../../{module}.js\"; export const body: {name} = {};\n",
            json.trim_end()
        ),
        about: format!("generated/{log}/{}/{file_name}", client.folder()),
    }
}
