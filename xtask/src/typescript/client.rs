//! The clients whose types judge: what each is called, and whose bodies it judges. Versions stand in
//! `xtask/typescript/package.json` alone; which type a body has, in `xtask/typescript/<client>.ts`.

/// A client whose types judge generated bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// The current Elasticsearch client.
    Elasticsearch9,
    /// The last client of Elasticsearch 8, which has types of its own.
    Elasticsearch8,
    /// The current OpenSearch client.
    OpenSearch3,
}

impl Client {
    /// Everyone who judges.
    pub const ALL: [Self; 3] = [Self::Elasticsearch9, Self::Elasticsearch8, Self::OpenSearch3];

    /// Name of the module in `xtask/typescript/` that names its types.
    pub const fn module(self) -> &'static str {
        match self {
            Self::Elasticsearch9 => "elasticsearch-9",
            Self::Elasticsearch8 => "elasticsearch-8",
            Self::OpenSearch3 => "opensearch-3",
        }
    }

    /// Folder below `node_modules/`.
    pub const fn package(self) -> &'static str {
        match self {
            Self::Elasticsearch9 | Self::Elasticsearch8 => self.module(),
            Self::OpenSearch3 => "@opensearch-project/opensearch",
        }
    }

    /// Folder below `generated/<log>/` with the bodies that it judges.
    pub const fn folder(self) -> &'static str {
        match self {
            Self::Elasticsearch9 | Self::Elasticsearch8 => "elasticsearch",
            Self::OpenSearch3 => "opensearch",
        }
    }
}
