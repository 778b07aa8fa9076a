//! The field types that can be declared: one row each in [`TYPES`], from which diagnostics, every emitter and the docs
//! read. To add a type, add a row.

#[allow(clippy::enum_glob_use, reason = "the rows below name nothing but parameters")]
use crate::parameter::Parameter::{self, *};

/// How a value of a type looks in a document; what emitters decide by. Many types share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// Any string, indexed as one term, so limited to Lucene's 32,766 bytes unless `ignore_above` drops it first.
    Keyword,
    /// Any string.
    Text,
    /// A string that is the same in every document.
    Constant,
    /// A semantic version.
    Version,
    /// A signed integer of that many bits.
    Integer(u8),
    /// An unsigned integer of 64 bits.
    UnsignedLong,
    /// A finite 64-bit float.
    Double,
    /// A number that stays finite as a 32-bit float.
    Float,
    /// A number that stays finite as a 16-bit float.
    HalfFloat,
    /// `true` or `false`.
    Boolean,
    /// A date in milliseconds or finer.
    Date,
    /// A date between 1970 and 2262.
    DateNanos,
    /// An IPv4 or IPv6 address.
    Ip,
    /// `{"lat", "lon"}` in degrees.
    GeoPoint,
    /// `{"gte"|"gt", "lte"|"lt"}` of another kind.
    Range(RangeOf),
    /// Base64 text.
    Binary,
    /// An object with any keys, indexed as one field.
    Flattened,
    /// Any JSON, kept and not indexed.
    Any,
    /// An object with known fields.
    Object,
    /// A list of objects with known fields, each searchable as a whole.
    Nested,
    /// Another name for a field, never written.
    Alias,
}

impl ValueKind {
    /// Whether a value is a number.
    #[must_use]
    pub fn is_number(self) -> bool {
        matches!(self, Self::Integer(_) | Self::UnsignedLong | Self::Double | Self::Float | Self::HalfFloat)
    }
}

/// What a range spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RangeOf {
    /// 32-bit integers.
    Integer,
    /// 64-bit integers.
    Long,
    /// 32-bit floats.
    Float,
    /// 64-bit floats.
    Double,
    /// Dates.
    Date,
    /// Addresses.
    Ip,
}

/// What OpenSearch has for a type of Elasticsearch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenSearchType {
    /// The same type, in all versions.
    Same,
    /// The same type since a version; before it, another.
    Since(&'static str, FieldType),
    /// Another type in all versions: where it has one of that name, it cannot be relied upon.
    Instead(FieldType),
    /// Another name since a version, with parameters that it lacks.
    Renamed(&'static str, &'static str),
}

macro_rules! types {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $kind:expr, [$($parameter:ident)*], $open:expr;)+) => {
        /// A field type of the engines.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FieldType { $($(#[doc = $doc])+ $variant,)+ }

        /// One row for each type.
        pub const TYPES: &[TypeSpec] = &[$(TypeSpec {
            field_type: FieldType::$variant,
            name: $name,
            kind: $kind,
            parameters: &[$($parameter),*],
            opensearch: $open,
        },)+];
    };
}

/// What there is to know of a type.
#[derive(Clone, Copy, Debug)]
pub struct TypeSpec {
    /// The type.
    pub field_type: FieldType,
    /// Its name in ECS and in an Elasticsearch mapping.
    pub name: &'static str,
    /// How its values look.
    pub kind: ValueKind,
    /// The mapping parameters that it takes.
    pub parameters: &'static [Parameter],
    /// What OpenSearch has for it.
    pub opensearch: OpenSearchType,
}

types! {
    /// One exact term.
    Keyword "keyword" ValueKind::Keyword,
        [Index DocValues Store IgnoreAbove NullValue Norms Normalizer IndexOptions Similarity EagerGlobalOrdinals
         SplitQueriesOnWhitespace SyntheticSourceKeep CopyTo Meta],
        OpenSearchType::Same;
    /// One exact term, the same in every document of the index. OpenSearch 2.14 and 2.15 have the type and lose its `value`,
    /// so that no shard of the index starts (measured).
    ConstantKeyword "constant_keyword" ValueKind::Constant, [Value Meta],
        OpenSearchType::Since("2.16", FieldType::Keyword);
    /// One exact term for searches with wildcards.
    Wildcard "wildcard" ValueKind::Text, [IgnoreAbove NullValue CopyTo Meta],
        OpenSearchType::Since("2.15", FieldType::Keyword);
    /// Analysed text.
    Text "text" ValueKind::Text,
        [Index Store Norms Analyzer SearchAnalyzer IndexOptions Similarity TermVector Fielddata CopyTo Meta
         SyntheticSourceKeep],
        OpenSearchType::Same;
    /// Analysed text without scores and positions.
    MatchOnlyText "match_only_text" ValueKind::Text, [Analyzer SearchAnalyzer CopyTo Meta],
        OpenSearchType::Since("2.12", FieldType::Text);
    /// Text that completes as people type.
    SearchAsYouType "search_as_you_type" ValueKind::Text,
        [Index Store Norms Analyzer SearchAnalyzer IndexOptions Similarity TermVector CopyTo Meta],
        OpenSearchType::Same;
    /// A semantic version that sorts as one. OpenSearch has one since 3.2, and a `PUT _mapping` that names it inside an object
    /// makes a second field; as a multi-field it leaves the index unreadable (measured on 3.8.0).
    Version "version" ValueKind::Version, [Meta], OpenSearchType::Instead(FieldType::Keyword);
    /// A signed 64-bit integer.
    Long "long" ValueKind::Integer(64), [Index DocValues Store Coerce IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// A signed 32-bit integer.
    Integer "integer" ValueKind::Integer(32), [Index DocValues Store Coerce IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// A signed 16-bit integer.
    Short "short" ValueKind::Integer(16), [Index DocValues Store Coerce IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// A signed 8-bit integer.
    Byte "byte" ValueKind::Integer(8), [Index DocValues Store Coerce IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// An unsigned 64-bit integer.
    UnsignedLong "unsigned_long" ValueKind::UnsignedLong, [Index DocValues Store IgnoreMalformed NullValue Meta],
        OpenSearchType::Since("2.8", FieldType::Double);
    /// A 64-bit float.
    Double "double" ValueKind::Double, [Index DocValues Store Coerce IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// A 32-bit float.
    Float "float" ValueKind::Float, [Index DocValues Store Coerce IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// A 16-bit float.
    HalfFloat "half_float" ValueKind::HalfFloat, [Index DocValues Store Coerce IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// A float kept as a long of `value × scaling_factor`.
    ScaledFloat "scaled_float" ValueKind::Double,
        [ScalingFactor Index DocValues Store Coerce IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// A date in milliseconds.
    Date "date" ValueKind::Date,
        [Format Index DocValues Store IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep], OpenSearchType::Same;
    /// A date in nanoseconds.
    DateNanos "date_nanos" ValueKind::DateNanos,
        [Format Index DocValues Store IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep], OpenSearchType::Same;
    /// True or false.
    Boolean "boolean" ValueKind::Boolean, [Index DocValues Store NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// An IPv4 or IPv6 address.
    Ip "ip" ValueKind::Ip, [Index DocValues Store IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// A place on Earth.
    GeoPoint "geo_point" ValueKind::GeoPoint, [Index IgnoreMalformed NullValue CopyTo Meta SyntheticSourceKeep],
        OpenSearchType::Same;
    /// Bytes as base64.
    Binary "binary" ValueKind::Binary, [DocValues Store CopyTo Meta], OpenSearchType::Same;
    /// An object with any keys, as one field.
    Flattened "flattened" ValueKind::Flattened,
        [Index DocValues DepthLimit EagerGlobalOrdinals IgnoreAbove IndexOptions NullValue Similarity
         SplitQueriesOnWhitespace SyntheticSourceKeep],
        OpenSearchType::Renamed("2.7", "flat_object");
    /// An object.
    Object "object" ValueKind::Object, [Enabled SyntheticSourceKeep], OpenSearchType::Same;
    /// A list of objects, each indexed on its own.
    Nested "nested" ValueKind::Nested, [SyntheticSourceKeep], OpenSearchType::Same;
    /// A range of 32-bit integers.
    IntegerRange "integer_range" ValueKind::Range(RangeOf::Integer), [Index DocValues Store Coerce CopyTo Meta],
        OpenSearchType::Same;
    /// A range of 64-bit integers.
    LongRange "long_range" ValueKind::Range(RangeOf::Long), [Index DocValues Store Coerce CopyTo Meta],
        OpenSearchType::Same;
    /// A range of 32-bit floats.
    FloatRange "float_range" ValueKind::Range(RangeOf::Float), [Index DocValues Store Coerce CopyTo Meta],
        OpenSearchType::Same;
    /// A range of 64-bit floats.
    DoubleRange "double_range" ValueKind::Range(RangeOf::Double), [Index DocValues Store Coerce CopyTo Meta],
        OpenSearchType::Same;
    /// A range of dates.
    DateRange "date_range" ValueKind::Range(RangeOf::Date), [Format Index DocValues Store Coerce CopyTo Meta],
        OpenSearchType::Same;
    /// A range of addresses.
    IpRange "ip_range" ValueKind::Range(RangeOf::Ip), [Index DocValues Store Coerce CopyTo Meta], OpenSearchType::Same;
    /// Another name of a field.
    Alias "alias" ValueKind::Alias, [Path], OpenSearchType::Same;
}

/// Types of one family, each narrower than those before it.
const FAMILIES: &[&[FieldType]] = &[
    &[FieldType::Keyword, FieldType::ConstantKeyword],
    &[FieldType::Keyword, FieldType::Wildcard],
    &[FieldType::Text, FieldType::MatchOnlyText],
    &[FieldType::Long, FieldType::Integer, FieldType::Short, FieldType::Byte],
    &[FieldType::Double, FieldType::Float, FieldType::HalfFloat],
    &[FieldType::Date, FieldType::DateNanos],
];

impl FieldType {
    /// The type of that name in ECS and in mappings.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        TYPES.iter().find(|spec| spec.name == name).map(|spec| spec.field_type)
    }

    /// Its row in [`TYPES`].
    #[must_use]
    pub fn spec(self) -> &'static TypeSpec {
        &TYPES[self as usize]
    }

    /// Its name in ECS and in an Elasticsearch mapping.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The narrower of two types of one family, whose values the wider one takes as well and searches alike; `None` when
    /// neither is narrower.
    #[must_use]
    pub fn narrower(self, other: Self) -> Option<Self> {
        let position = |family: &[Self], wanted| family.iter().position(|member| *member == wanted);
        FAMILIES.iter().find_map(|family| Some(family[position(family, self)?.max(position(family, other)?)]))
    }

    /// Whether the engines report both types as one, `text` or `keyword`, and take the same values in them.
    #[must_use]
    pub const fn is_alike(self, other: Self) -> bool {
        matches!(
            (self, other),
            (Self::Text, Self::MatchOnlyText)
                | (Self::MatchOnlyText, Self::Text)
                | (Self::Keyword, Self::Wildcard)
                | (Self::Wildcard, Self::Keyword)
        )
    }

    /// How its values look.
    #[must_use]
    pub fn kind(self) -> ValueKind {
        self.spec().kind
    }

    /// Whether a field of it may have multi-fields.
    #[must_use]
    pub const fn has_multi_fields(self) -> bool {
        !matches!(self, Self::Object | Self::Nested | Self::Alias)
    }

    /// Whether a multi-field may be of it. A multi-field indexes the same value once more, so it holds a single value as
    /// well.
    #[must_use]
    pub const fn can_be_multi_field(self) -> bool {
        self.has_multi_fields() && !matches!(self, Self::Flattened)
    }
}
