//! The actions of Elasticsearch's index lifecycle management: one row each in [`ACTIONS`], in the order in which the
//! engine carries them out, with the ISM actions that do the same on OpenSearch. The input grammar, the checks and both
//! emitters read the rows. To add an action, add a row.
//!
//! `freeze` has no row: since Elasticsearch 8 it does nothing.

/// A phase, in the order in which an index passes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhaseName {
    /// Written to and searched; until rollover and on.
    Hot,
    /// No longer written to, still searched.
    Warm,
    /// Searched seldom.
    Cold,
    /// Searched hardly ever.
    Frozen,
    /// About to go.
    Delete,
}

impl PhaseName {
    /// Every phase, in order.
    pub const ALL: &'static [Self] = &[Self::Hot, Self::Warm, Self::Cold, Self::Frozen, Self::Delete];

    /// Its name in ILM; also that of the ISM state.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Hot => "hot",
            Self::Warm => "warm",
            Self::Cold => "cold",
            Self::Frozen => "frozen",
            Self::Delete => "delete",
        }
    }

    /// The phase of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|phase| phase.name() == name)
    }
}

/// What there is to know of an action.
#[derive(Debug, PartialEq)]
pub struct ActionSpec {
    /// Its name in ILM.
    pub name: &'static str,
    /// The phases that may have it.
    pub phases: &'static [PhaseName],
    /// Its parameters.
    pub parameters: &'static [ActionParameter],
    /// What does the same in ISM; empty when nothing does.
    pub ism: &'static [IsmAction],
    /// What is lost on OpenSearch: why nothing does the same, or in what it differs. Empty when nothing is lost.
    pub loss: &'static str,
}

/// A parameter of an action.
#[derive(Debug, PartialEq)]
pub struct ActionParameter {
    /// Its name.
    pub name: &'static str,
    /// The form of its value.
    pub form: ActionForm,
    /// Whether the action must have it.
    pub required: bool,
}

/// The form of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionForm {
    /// `true` or `false`.
    Flag,
    /// A whole number from 0.
    Count,
    /// A whole number from 1.
    Positive,
    /// Text that is not empty.
    Text,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A [`super::ByteSize`].
    Size,
    /// Node attributes and their values.
    Attributes,
}

/// An ISM action and which parameters it takes from the ILM action. It is emitted when it takes none, or when at least
/// one of them is set.
#[derive(Debug, PartialEq)]
pub struct IsmAction {
    /// Its name in ISM.
    pub name: &'static str,
    /// Name in ILM and name in ISM.
    pub parameters: &'static [(&'static str, &'static str)],
}

use ActionForm::{Attributes, Count, Flag, OneOf, Positive, Size, Text};
use PhaseName::{Cold, Delete, Frozen, Hot, Warm};

const fn optional(name: &'static str, form: ActionForm) -> ActionParameter {
    ActionParameter { name, form, required: false }
}

const fn required(name: &'static str, form: ActionForm) -> ActionParameter {
    ActionParameter { name, form, required: true }
}

const fn ism(name: &'static str, parameters: &'static [(&'static str, &'static str)]) -> IsmAction {
    IsmAction { name, parameters }
}

/// Every action. `rollover` and `delete` are declared by `lifecycle.rollover` and `lifecycle.keep`; the ISM actions of
/// these two are the emitter's to write, because they stand in conditions and states of their own.
pub const ACTIONS: &[ActionSpec] = &[
    ActionSpec {
        name: "set_priority",
        phases: &[Hot, Warm, Cold],
        parameters: &[required("priority", Count)],
        ism: &[ism("index_priority", &[("priority", "priority")])],
        loss: "",
    },
    ActionSpec {
        name: "unfollow",
        phases: &[Hot, Warm, Cold, Frozen],
        parameters: &[],
        ism: &[],
        loss: "cross-cluster replication is another there, and its followers are not of ILM's kind",
    },
    ActionSpec { name: "rollover", phases: &[Hot], parameters: &[], ism: &[ism("rollover", &[])], loss: "" },
    ActionSpec {
        name: "readonly",
        phases: &[Hot, Warm, Cold],
        parameters: &[],
        ism: &[ism("read_only", &[])],
        loss: "",
    },
    ActionSpec {
        name: "searchable_snapshot",
        phases: &[Hot, Cold, Frozen],
        parameters: &[required("snapshot_repository", Text), optional("force_merge_index", Flag)],
        ism: &[],
        loss: "indices stay on the nodes' own disks: plan for the space",
    },
    ActionSpec {
        name: "allocate",
        phases: &[Warm, Cold],
        parameters: &[
            optional("number_of_replicas", Count),
            optional("total_shards_per_node", Count),
            optional("include", Attributes),
            optional("exclude", Attributes),
            optional("require", Attributes),
        ],
        ism: &[
            ism("replica_count", &[("number_of_replicas", "number_of_replicas")]),
            ism("allocation", &[("include", "include"), ("exclude", "exclude"), ("require", "require")]),
        ],
        loss: "",
    },
    ActionSpec {
        name: "migrate",
        phases: &[Warm, Cold],
        parameters: &[optional("enabled", Flag)],
        ism: &[],
        loss: "there are no data tiers: indices stay on the nodes that they are on",
    },
    ActionSpec {
        name: "shrink",
        phases: &[Hot, Warm],
        parameters: &[
            optional("number_of_shards", Positive),
            optional("max_primary_shard_size", Size),
            optional("allow_write_after_shrink", Flag),
        ],
        ism: &[],
        loss: "indices keep their number of shards: ISM's `shrink` does not put the new index in the old one's place",
    },
    ActionSpec {
        name: "forcemerge",
        phases: &[Hot, Warm],
        parameters: &[required("max_num_segments", Positive), optional("index_codec", OneOf(&["best_compression"]))],
        ism: &[ism("force_merge", &[("max_num_segments", "max_num_segments")])],
        loss: "",
    },
    ActionSpec {
        name: "wait_for_snapshot",
        phases: &[Delete],
        parameters: &[required("policy", Text)],
        ism: &[],
        loss: "an index goes at its age, whether or not a snapshot holds it",
    },
    ActionSpec {
        name: "delete",
        phases: &[Delete],
        parameters: &[optional("delete_searchable_snapshot", Flag)],
        ism: &[ism("delete", &[])],
        loss: "",
    },
];

impl ActionSpec {
    /// The action of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<&'static Self> {
        ACTIONS.iter().find(|action| action.name == name)
    }

    /// The parameter of that name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&'static ActionParameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Whether ISM has something that does the same.
    #[must_use]
    pub fn has_counterpart(&self) -> bool {
        !self.ism.is_empty()
    }

    /// Whether an ISM action takes this parameter over.
    #[must_use]
    pub fn takes_over(&self, parameter: &str) -> bool {
        self.ism.iter().any(|action| action.parameters.iter().any(|(ilm, _)| *ilm == parameter))
    }
}
