//! A finding: one consequence of one change, for one side of the event log. Decides nothing about what is a finding.

use std::fmt;

use serde_json::{Value as Json, json};

use super::engine::Engine;
use super::rules::{Rule, RuleSpec};

macro_rules! names {
    ($(#[doc = $type_doc:literal])+ $type:ident { $(#[doc = $doc:literal] $variant:ident $name:literal,)+ }) => {
        $(#[doc = $type_doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $type { $(#[doc = $doc] $variant,)+ }

        impl $type {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in output and on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.name() == name)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

names! {
    /// Whom a change concerns.
    Class {
        /// The indices that exist: what can be changed in place.
        Index "index",
        /// The row of indices: what only the next one, a template or a policy can bring.
        Stream "stream",
        /// People and tools that search.
        Query "query",
        /// Producers: whether their documents are still taken.
        Writer "writer",
        /// Consumers: whether stored events still mean what they did.
        Reader "reader",
        /// Users of the generated crate.
        Crate "crate",
    }
}

names! {
    /// How bad it is.
    Severity {
        /// Worth knowing.
        Info "info",
        /// Fine for most, wrong for some; somebody must look.
        Dangerous "dangerous",
        /// Something that worked does not.
        Breaking "breaking",
    }
}

names! {
    /// What is to be done.
    Action {
        /// Nothing.
        None "none",
        /// A request that changes what exists: `PUT _mapping`, `PUT _settings`.
        InPlace "in-place",
        /// The template, then a rollover: the next index has the change.
        Rollover "rollover",
        /// The template, then new indices for what is stored.
        Reindex "reindex",
        /// The policy, and on OpenSearch `change_policy` for indices that have it already.
        ChangePolicy "change-policy",
        /// A new major version of the crate.
        MajorVersion "major-version",
    }
}

names! {
    /// What an engine answers to a `PUT _mapping` that makes the change on an index that exists.
    PutMapping {
        /// It takes the new mapping, though what is stored may not change by it.
        Accepted "accepted",
        /// It refuses.
        Rejected "rejected",
    }
}

/// Where one side of a change stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Position {
    /// In an input text.
    Text {
        /// Path of the file.
        file: String,
        /// Line, from 1.
        line: u32,
        /// Column in characters, from 1.
        column: u32,
    },
    /// In a JSON document.
    Pointer {
        /// Path of the file.
        file: String,
        /// JSON pointer; empty is the whole document.
        pointer: String,
    },
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { file, line, column } => write!(f, "{file}:{line}:{column}"),
            Self::Pointer { file, pointer } if pointer.is_empty() => f.write_str(file),
            Self::Pointer { file, pointer } => write!(f, "{file}#{pointer}"),
        }
    }
}

impl Position {
    /// `{"file", "line", "column"}` or `{"file", "pointer"}`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Text { file, line, column } => json!({"file": file, "line": line, "column": column}),
            Self::Pointer { file, pointer } => json!({"file": file, "pointer": pointer}),
        }
    }

    /// The file.
    #[must_use]
    pub fn file(&self) -> &str {
        match self {
            Self::Text { file, .. } | Self::Pointer { file, .. } => file,
        }
    }
}

/// One consequence of one change.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// What changed: a dotted field path, or a name such as `settings.index.codec`.
    pub path: String,
    /// The log that it belongs to.
    pub log: String,
    /// The engines whose comparison gives it; what concerns no engine has all that were asked for.
    pub engines: Vec<Engine>,
    /// Whether these are all that were asked for.
    pub is_of_all_engines: bool,
    /// What the engine says to the mapping change; none where no mapping changes.
    pub put_mapping: Option<PutMapping>,
    /// One sentence.
    pub message: String,
    /// Where it stands in the old version; none when it is new.
    pub old: Option<Position>,
    /// Where it stands in the new version; none when it is gone.
    pub new: Option<Position>,
    /// Whether the caller said that it may be.
    pub allowed: bool,
}

impl Finding {
    /// What there is to know of its rule.
    #[must_use]
    pub fn spec(&self) -> &'static RuleSpec {
        self.rule.spec()
    }

    /// Its severity: what its rule says, or information only once it is allowed.
    #[must_use]
    pub fn severity(&self) -> Severity {
        if self.allowed { Severity::Info } else { self.spec().severity }
    }

    /// Its action, and what the engine says to the mapping change where there is one, in words.
    pub(super) fn action_words(&self) -> String {
        let put = self.put_mapping.map(|put| format!("; PUT _mapping: {put}")).unwrap_or_default();
        format!("action: {}{put}", self.spec().action)
    }

    /// The engine that it is about, when more were asked for, in words.
    pub(super) fn engine_words(&self) -> Option<String> {
        let names: Vec<String> = self.engines.iter().map(ToString::to_string).collect();
        (!self.is_of_all_engines).then(|| format!("{} only", names.join(", ")))
    }

    /// `{"rule", "path", "class", "severity", "action", "engines", "put_mapping", "message", "log", "old", "new"}`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        let spec = self.spec();
        json!({
            "rule": spec.id,
            "path": self.path,
            "class": spec.class.name(),
            "severity": self.severity().name(),
            "action": spec.action.name(),
            "engines": self.engines.iter().map(|engine| engine.name()).collect::<Vec<_>>(),
            "put_mapping": self.put_mapping.map(PutMapping::name),
            "message": self.message,
            "log": self.log,
            "old": self.old.as_ref().map(Position::to_json),
            "new": self.new.as_ref().map(Position::to_json),
        })
    }
}
