//! The stable names of all findings, each with one sentence that `ecs-gen explain` and the docs show.

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// The stable name of a finding.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the docs.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name that is printed, such as `unknown-field`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What the finding means.
            #[must_use]
            pub fn explanation(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc, "\n"),+),)+ }
            }
        }
    };
}

codes! {
    /// A file that was named does not exist or cannot be read.
    FileUnreadable = "file-unreadable",
    /// A file, or what its aliases expand to, is larger than any real input.
    TooLarge = "too-large",
    /// A document, or a mapping, is nested deeper than any real one.
    TooDeep = "too-deep",
    /// A file is not YAML, or not one document of it.
    YamlSyntax = "yaml-syntax",
    /// A key stands twice in one mapping; YAML leaves open which one counts.
    DuplicateKey = "duplicate-key",
    /// A value has the wrong form, such as a list where text is expected.
    WrongForm = "wrong-form",
    /// A key that is not one of the grammar's options or attributes.
    UnknownOption = "unknown-option",
    /// A key that the grammar requires is missing.
    MissingOption = "missing-option",
    /// A value is not one of those that the option takes.
    InvalidValue = "invalid-value",
    /// The ECS version is neither among the committed ones nor a file.
    UnknownEcsVersion = "unknown-ecs-version",
    /// The import finds no release of ECS at the path, or cannot read its list of fields.
    NotEcsRelease = "not-ecs-release",
    /// A name of the selection that is only reused: it selects nothing at the top level of documents.
    ReusedOnly = "reused-only",
    /// `'*'` selects places that the schemas allow and the release of ECS hides.
    HiddenPlaces = "hidden-places",
    /// The selection names a field set that neither ECS nor an extension has.
    UnknownFieldset = "unknown-fieldset",
    /// A field that neither ECS nor an extension has.
    UnknownField = "unknown-field",
    /// A selected field has children, so the selection must say which with `fields`.
    SelectionNeedsFields = "selection-needs-fields",
    /// A selected field has no children, so `fields` can select nothing below it.
    SelectionOnLeaf = "selection-on-leaf",
    /// The name of a field or of a log has a space, another foreign character or an empty segment.
    InvalidName = "invalid-name",
    /// A field is declared twice.
    DuplicateField = "duplicate-field",
    /// One path is declared both as a scalar and as an object with fields below it.
    ScalarAndObject = "scalar-and-object",
    /// One path is declared with two types of which neither is a narrower form of the other.
    TypeConflict = "type-conflict",
    /// A type that no engine has.
    UnknownType = "unknown-type",
    /// A type that an engine has, and that the generator does not support.
    UnsupportedType = "unsupported-type",
    /// A mapping parameter that the field's type does not have.
    ParameterNotOfType = "parameter-not-of-type",
    /// The field's type needs a parameter that is missing, such as `scaling_factor` for `scaled_float`.
    MissingParameter = "missing-parameter",
    /// An alias or `copy_to` points to where no field with such values is selected, or where the engines do not reach.
    AliasTarget = "alias-target",
    /// A field set is to be reused at a place that does not exist.
    ReuseTarget = "reuse-target",
    /// A `reuse` names a field set that does not exist, or field sets are to contain each other.
    ReuseSource = "reuse-source",
    /// A value is listed twice.
    DuplicateValue = "duplicate-value",
    /// A pattern is not a regular expression, or not one that all readers of the schema understand alike.
    InvalidPattern = "invalid-pattern",
    /// A required field is not selected.
    RequiredNotSelected = "required-not-selected",
    /// A duration is not a whole number above zero with one of the units d, h, m, s, ms, micros, nanos.
    InvalidDuration = "invalid-duration",
    /// A size is not a whole number above zero with one of the units b, kb, mb, gb, tb, pb.
    InvalidSize = "invalid-size",
    /// A lifecycle action stands in a phase that the engine does not allow it in.
    ActionPhase = "action-phase",
    /// A lifecycle action is unknown.
    UnknownAction = "unknown-action",
    /// Lifecycle actions or phases contradict each other or their order.
    LifecycleConflict = "lifecycle-conflict",
    /// A rollover without a condition would roll over for ever, or never.
    RolloverCondition = "rollover-condition",
    /// A lifecycle policy and a data stream lifecycle stand together; the engine would follow only one.
    PolicyAndLifecycle = "policy-and-lifecycle",
    /// An index pattern does not match the indices of the alias.
    PatternAlias = "pattern-alias",
    /// A name is not legal for an index, an alias, a template or a policy.
    InvalidIndexName = "invalid-index-name",
    /// Two logs match the same indices, so the engine would refuse one of the templates.
    OverlappingPatterns = "overlapping-patterns",
    /// An index pattern also matches names that a well-known product uses, at a priority that would replace its template.
    OwnedNames = "owned-names",
    /// Two logs have the same name, so they would write the same files.
    DuplicateLog = "duplicate-log",
    /// The mapping has more fields than the log's budget allows.
    FieldBudget = "field-budget",
    /// An extension is included and none of its fields is selected.
    UnusedExtension = "unused-extension",
    /// An attribute of an input that no output depends on.
    NoEffect = "no-effect",
    /// A sample is not one JSON object.
    InvalidSample = "invalid-sample",
}

impl Code {
    /// Whether the finding is that something is missing, which may only follow from what was left out as wrong.
    pub(super) fn says_missing(self) -> bool {
        matches!(
            self,
            Self::MissingOption
                | Self::MissingParameter
                | Self::RolloverCondition
                | Self::LifecycleConflict
                | Self::SelectionNeedsFields
        )
    }
}
