//! The mapping parameters that can be declared: one row each, with the form of its value. Which type takes which
//! stands in [`crate::field_type`].

use std::collections::BTreeMap;

use serde_json::Value as Json;

/// The form of a parameter's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterForm {
    /// `true` or `false`.
    Boolean,
    /// A whole number from 0.
    Count,
    /// A number above zero.
    PositiveNumber,
    /// Text.
    Text,
    /// Text, number or boolean, as the type takes it.
    Scalar,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// The name of an analyzer: one that every engine has, or one of the log's own.
    Analyzer,
    /// The name of a normalizer, likewise.
    Normalizer,
    /// Date formats joined by `||`, out of these.
    Formats(&'static [&'static str]),
    /// A field path.
    Path,
    /// A field path or a list of them.
    Paths,
    /// A mapping from text to text.
    Meta,
}

macro_rules! parameters {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $form:expr;)+) => {
        /// A mapping parameter.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Parameter { $($(#[doc = $doc])+ $variant,)+ }

        impl Parameter {
            /// Every parameter.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in a mapping.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The form of its value.
            #[must_use]
            pub fn form(self) -> ParameterForm {
                match self { $(Self::$variant => $form,)+ }
            }
        }
    };
}

/// Date formats that the validator follows; all others would let it disagree with the engine.
pub const DATE_FORMATS: &[&str] =
    &["strict_date_optional_time", "strict_date_optional_time_nanos", "epoch_millis", "epoch_second"];

parameters! {
    /// Whether values can be searched.
    Index "index" ParameterForm::Boolean;
    /// Whether values can be sorted and aggregated.
    DocValues "doc_values" ParameterForm::Boolean;
    /// Whether values are kept apart from `_source`.
    Store "store" ParameterForm::Boolean;
    /// Strings longer than this, in UTF-16 units, are kept and not indexed.
    IgnoreAbove "ignore_above" ParameterForm::Count;
    /// What stands for null in the index.
    NullValue "null_value" ParameterForm::Scalar;
    /// Whether lengths count in scores.
    Norms "norms" ParameterForm::Boolean;
    /// What is done to a term before it is indexed.
    Normalizer "normalizer" ParameterForm::Normalizer;
    /// How text becomes terms.
    Analyzer "analyzer" ParameterForm::Analyzer;
    /// How a query's text becomes terms.
    SearchAnalyzer "search_analyzer" ParameterForm::Analyzer;
    /// What is kept of each term.
    IndexOptions "index_options" ParameterForm::OneOf(&["docs", "freqs", "positions", "offsets"]);
    /// How scores are made.
    Similarity "similarity" ParameterForm::OneOf(&["BM25", "boolean"]);
    /// Whether terms and their places are kept for each document.
    TermVector "term_vector" ParameterForm::OneOf(&[
        "no", "yes", "with_positions", "with_offsets", "with_positions_offsets", "with_positions_payloads",
        "with_positions_offsets_payloads",
    ]);
    /// Whether text can be sorted and aggregated, in memory.
    Fielddata "fielddata" ParameterForm::Boolean;
    /// Whether global ordinals are built at refresh.
    EagerGlobalOrdinals "eager_global_ordinals" ParameterForm::Boolean;
    /// Whether a query's text is split at white space.
    SplitQueriesOnWhitespace "split_queries_on_whitespace" ParameterForm::Boolean;
    /// What synthetic `_source` keeps as it was.
    SyntheticSourceKeep "synthetic_source_keep" ParameterForm::OneOf(&["none", "arrays", "all"]);
    /// Fields that get the value too.
    CopyTo "copy_to" ParameterForm::Paths;
    /// Notes for people and tools.
    Meta "meta" ParameterForm::Meta;
    /// The value that every document has.
    Value "value" ParameterForm::Text;
    /// Whether strings become numbers and fractions are cut.
    Coerce "coerce" ParameterForm::Boolean;
    /// Whether a value of the wrong form is kept and not indexed.
    IgnoreMalformed "ignore_malformed" ParameterForm::Boolean;
    /// What a scaled float is multiplied by.
    ScalingFactor "scaling_factor" ParameterForm::PositiveNumber;
    /// The forms of a date.
    Format "format" ParameterForm::Formats(DATE_FORMATS);
    /// How deep a flattened object may be.
    DepthLimit "depth_limit" ParameterForm::Count;
    /// Whether an object's fields are parsed at all.
    Enabled "enabled" ParameterForm::Boolean;
    /// What an alias points to.
    Path "path" ParameterForm::Path;
}

impl Parameter {
    /// The parameter of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|parameter| parameter.name() == name)
    }

    /// Whether a multi-field may have it. The engines say: "`copy_to` may not be used to copy from a multi-field".
    #[must_use]
    pub fn fits_multi_field(self) -> bool {
        self != Self::CopyTo
    }
}

/// The mapping parameters of a field, checked against its type.
pub type Parameters = BTreeMap<Parameter, Json>;
