//! An exclude file: the fields that the official generator takes out again with `--exclude`.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::source::Spanned;

/// A field set and what of it is taken out. A file holds a list of them.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcludeInput {
    /// The field set.
    pub name: Spanned<String>,
    /// Its fields and objects.
    pub fields: Vec<ExcludedField>,
}

/// A field or object that is taken out, or what of an object is.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExcludedField {
    /// Its name below the set or object.
    pub name: Spanned<String>,
    /// What of the object is taken out; all of it when absent.
    #[serde(default)]
    pub fields: Option<Vec<ExcludedField>>,
}
