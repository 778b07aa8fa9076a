//! The two engines that a mapping can be for, and what each calls the types and parameters of the generator.

use std::fmt;

use crate::emit::opensearch_parameter;
use crate::field_type::{FieldType, OpenSearchType, TYPES, TypeSpec};
use crate::parameter::Parameter;

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Engine {
    /// Elasticsearch 8 and 9.
    Elasticsearch,
    /// `OpenSearch` 2 and 3.
    OpenSearch,
}

impl Engine {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Elasticsearch, Self::OpenSearch];

    /// Its name on the command line, which is also that of the generated folder.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Elasticsearch => "elasticsearch",
            Self::OpenSearch => "opensearch",
        }
    }

    /// The engine of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|engine| engine.name() == name)
    }

    /// What it calls a type, in its newest version.
    #[must_use]
    pub fn type_name(self, field_type: FieldType) -> &'static str {
        match (self, field_type.spec().opensearch) {
            (Self::OpenSearch, OpenSearchType::Renamed(_, name)) => name,
            _ => field_type.name(),
        }
    }

    /// The types that the generator can emit for it.
    pub fn types(self) -> impl Iterator<Item = FieldType> {
        let is_emitted = move |spec: &&TypeSpec| {
            self == Self::Elasticsearch || !matches!(spec.opensearch, OpenSearchType::Instead(_))
        };
        TYPES.iter().filter(is_emitted).map(|spec| spec.field_type)
    }

    /// The type behind the name that it has in a mapping.
    #[must_use]
    pub fn field_type(self, name: &str) -> Option<FieldType> {
        TYPES.iter().map(|spec| spec.field_type).find(|field_type| self.type_name(*field_type) == name)
    }

    /// The parameters of a type that the generator can emit for it.
    pub fn parameters(self, field_type: FieldType) -> impl Iterator<Item = Parameter> {
        let is_renamed = matches!(field_type.spec().opensearch, OpenSearchType::Renamed(..));
        field_type.spec().parameters.iter().copied().filter(move |parameter| match self {
            Self::Elasticsearch => true,
            Self::OpenSearch => !is_renamed && opensearch_parameter(field_type, *parameter),
        })
    }
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Elasticsearch => "Elasticsearch",
            Self::OpenSearch => "OpenSearch",
        })
    }
}
