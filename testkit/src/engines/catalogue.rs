//! The engines there are: name, port, Java, environment variable. Versions stand in `testkit/engines/pom.xml` alone.

use std::env;

use clap::ValueEnum;

use super::java::{JavaKind, Requirement};

/// Environment variable with a number that is added to every port.
pub const PORT_OFFSET_VARIABLE: &str = "EVENT_LOG_ENGINES_PORT_OFFSET";

/// Something that `cargo xtask engines` can fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Engine {
    /// Version 3: data streams, `flat_object`, `wildcard`, ingest with Painless; no ISM and no security
    #[value(name = "opensearch")]
    OpenSearch,
    /// Version 2.15, the least that files are generated for by default; otherwise as `opensearch`
    #[value(name = "opensearch2")]
    OpenSearch2,
    /// Version 8, bare, with file-based security; no ILM, no data streams, no ingest processors
    Elasticsearch,
    /// Version 9, as bare as 8
    Elasticsearch9,
    /// Version 6, whose lifecycle management runs
    Elasticsearch6,
    /// Jars of Elasticsearch 8's own parser of lifecycle policies; nothing to start
    IlmParser,
}

impl Engine {
    /// Everything that can be fetched.
    pub const ALL: [Self; 6] = [
        Self::OpenSearch,
        Self::OpenSearch2,
        Self::Elasticsearch,
        Self::Elasticsearch9,
        Self::Elasticsearch6,
        Self::IlmParser,
    ];

    /// What can be started.
    pub const SERVERS: [Self; 5] =
        [Self::OpenSearch, Self::OpenSearch2, Self::Elasticsearch, Self::Elasticsearch9, Self::Elasticsearch6];

    /// The engine whose files and expectations it shares: for another supported release of an engine that engine, for all
    /// others themselves.
    pub const fn family(self) -> Self {
        match self {
            Self::OpenSearch2 => Self::OpenSearch,
            Self::Elasticsearch9 => Self::Elasticsearch,
            other => other,
        }
    }

    /// Name on the command line, of the folder in `.engines/` and of the profile in the POM.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OpenSearch => "opensearch",
            Self::OpenSearch2 => "opensearch2",
            Self::Elasticsearch => "elasticsearch",
            Self::Elasticsearch9 => "elasticsearch9",
            Self::Elasticsearch6 => "elasticsearch6",
            Self::IlmParser => "ilm-parser",
        }
    }

    /// Environment variable with the URL of an engine of the developer's own; `None` when there is nothing to start.
    ///
    /// The URL may carry `user:password@`.
    pub const fn url_variable(self) -> Option<&'static str> {
        match self {
            Self::OpenSearch => Some("EVENT_LOG_TEST_OPENSEARCH_URL"),
            Self::OpenSearch2 => Some("EVENT_LOG_TEST_OPENSEARCH2_URL"),
            Self::Elasticsearch => Some("EVENT_LOG_TEST_ELASTICSEARCH_URL"),
            Self::Elasticsearch9 => Some("EVENT_LOG_TEST_ELASTICSEARCH9_URL"),
            Self::Elasticsearch6 => Some("EVENT_LOG_TEST_ELASTICSEARCH6_URL"),
            Self::IlmParser => None,
        }
    }

    /// HTTP port on loopback; the transport port is 100 above it. Not the usual 9200, where a developer's own engine
    /// may listen. [`PORT_OFFSET_VARIABLE`] moves all of them, so that two checkouts can run engines side by side.
    pub fn port(self) -> Option<u16> {
        let port = match self {
            Self::OpenSearch => 9251,
            Self::Elasticsearch => 9252,
            Self::Elasticsearch6 => 9253,
            Self::OpenSearch2 => 9254,
            Self::Elasticsearch9 => 9255,
            Self::IlmParser => return None,
        };
        let offset = env::var(PORT_OFFSET_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
        u16::checked_add(port, offset)
    }

    /// The Java that the engine runs on.
    pub const fn java(self) -> Requirement {
        let (oldest, newest, kind) = match self {
            // A program of ours is compiled as it starts.
            Self::OpenSearch => (21, u32::MAX, JavaKind::Jdk),
            Self::OpenSearch2 | Self::IlmParser => (17, 23, JavaKind::Jdk),
            Self::Elasticsearch9 => (21, u32::MAX, JavaKind::Runtime),
            // Java 24 removed the security manager, which these releases still install at start.
            Self::Elasticsearch => (17, 23, JavaKind::Runtime),
            Self::Elasticsearch6 => (11, 23, JavaKind::Runtime),
        };
        Requirement { oldest, newest, kind }
    }

    /// Whether the jars of the engine and its dependencies are fetched, rather than a distribution to unpack.
    pub const fn is_jars(self) -> bool {
        matches!(self, Self::OpenSearch | Self::OpenSearch2 | Self::IlmParser)
    }

    /// Whether the engine refuses to run as root.
    pub const fn refuses_root(self) -> bool {
        matches!(self, Self::Elasticsearch | Self::Elasticsearch9 | Self::Elasticsearch6)
    }
}
