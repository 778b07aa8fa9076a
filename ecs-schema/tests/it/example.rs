//! A small log with a field of every kind, written by hand in the form that the generator emits: the reference for the
//! emitter, and what the tests check.
//!
//! Every path is written out in full, since a schema may well call a shape `Log`, `Kind` or `Range`.

mod values;

use ecs_schema::field_rule;

use values::{NUMBERS_RULES, RANGES_RULES};
pub use values::{Numbers, Ranges};

/// The document of the log `example`.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// `@timestamp` (date): when the event happened.
    pub timestamp: ecs_schema::Timestamp,
    /// `blob` (binary).
    pub blob: Option<ecs_schema::Binary>,
    /// `client`.
    pub client: Option<Box<Host>>,
    /// `dataset` (`constant_keyword`).
    pub dataset: Option<String>,
    /// `deadline` (date, `epoch_second`).
    pub deadline: Option<ecs_schema::Timestamp>,
    /// `ecs`: the version of the schema.
    pub ecs: Ecs,
    /// `event`.
    pub event: Option<Box<Event>>,
    /// `host`.
    pub host: Option<Box<Host>>,
    /// `labels` (flattened).
    pub labels: Option<ecs_schema::Flattened>,
    /// `message` (`match_only_text`).
    pub message: Option<String>,
    /// `numbers`.
    pub numbers: Option<Box<Numbers>>,
    /// `ranges`.
    pub ranges: Option<Box<Ranges>>,
    /// `raw` (object, not enabled).
    pub raw: Option<serde_json::Value>,
    /// `saved_objects` (nested).
    pub saved_objects: Vec<SavedObject>,
    /// `tags` (keyword, array).
    pub tags: Vec<String>,
    /// `trail` (object, array).
    pub trail: Vec<Ecs>,
    /// `type` (keyword).
    pub r#type: Option<String>,
    /// `version` (version).
    pub version: Option<ecs_schema::Version>,
}

impl Example {
    /// An event with its required fields.
    #[must_use]
    pub fn new(timestamp: ecs_schema::Timestamp, ecs: Ecs) -> Self {
        Self {
            timestamp,
            blob: None,
            client: None,
            dataset: None,
            deadline: None,
            ecs,
            event: None,
            host: None,
            labels: None,
            message: None,
            numbers: None,
            ranges: None,
            raw: None,
            saved_objects: Vec::new(),
            tags: Vec::new(),
            trail: Vec::new(),
            r#type: None,
            version: None,
        }
    }

    /// `event`, made when it is absent.
    pub fn event_mut(&mut self) -> &mut Event {
        self.event.get_or_insert_default()
    }
}

static EXAMPLE_RULES: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[
    field_rule!("@timestamp", DATE).required(),
    field_rule!("blob", Binary),
    field_rule!("client", Object(&HOST_RULES)),
    field_rule!("dataset", Constant(Some("example"))),
    field_rule!("deadline", Date(ecs_schema::DateFormat::Seconds)),
    field_rule!("ecs", Object(&ECS_RULES)).required(),
    field_rule!("event", Object(&EVENT_RULES)),
    field_rule!("host", Object(&HOST_RULES)),
    field_rule!("hostname", Alias("host.name")),
    field_rule!("labels", Flattened),
    field_rule!("message", Text),
    field_rule!("numbers", Object(&NUMBERS_RULES)),
    field_rule!("ranges", Object(&RANGES_RULES)),
    field_rule!("raw", Any),
    field_rule!("saved_objects", Nested(&SAVED_OBJECT_RULES)),
    field_rule!("tags", Keyword).array(),
    field_rule!("trail", Object(&ECS_RULES)).array(),
    field_rule!("type", Keyword),
    field_rule!("version", Version),
]);

ecs_schema::impl_shape!(Example, EXAMPLE_RULES, {
    0 timestamp, 1 blob, 2 client, 3 dataset, 4 deadline, 5 ecs, 6 event, 7 host, 9 labels, 10 message, 11
    numbers, 12 ranges, 13 raw, 14 saved_objects, 15 tags, 16 trail, 17 r#type, 18 version
});

static EXAMPLE: ecs_schema::LogRules = ecs_schema::LogRules::new("example", "9.4.0", &EXAMPLE_RULES);

impl ecs_schema::Log for Example {
    const NAME: &'static str = "example";
    const RULES: &'static ecs_schema::LogRules = &EXAMPLE;
}

/// `ecs`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ecs {
    /// `ecs.version` (keyword).
    pub version: String,
}

impl Ecs {
    /// The object with its required fields.
    #[must_use]
    pub fn new(version: String) -> Self {
        Self { version }
    }
}

static ECS_RULES: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[field_rule!("version", Keyword).required()]);

ecs_schema::impl_shape!(Ecs, ECS_RULES, { 0 version });

/// `event`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    /// `event.category` (keyword, array).
    pub category: Vec<EventCategory>,
    /// `event.created` (`date_nanos`).
    pub created: Option<ecs_schema::Timestamp>,
    /// `event.hash` (keyword).
    pub hash: Option<String>,
    /// `event.outcome` (keyword).
    pub outcome: Option<EventOutcome>,
    /// `event.type` (keyword, array).
    pub r#type: Vec<EventType>,
}

static EVENT_RULES: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[
    field_rule!("category", Keyword).array().allowed(&EVENT_CATEGORY).event_category(),
    field_rule!("created", DATE_NANOS),
    field_rule!("hash", Keyword).pattern(&EVENT_HASH_PATTERN),
    field_rule!("outcome", Keyword).allowed(&EVENT_OUTCOME),
    field_rule!("type", Keyword).array().allowed(&EVENT_TYPE).event_type(),
])
.expected_types(&EXPECTED_TYPES);

static EVENT_HASH_PATTERN: ecs_schema::Pattern = ecs_schema::Pattern::new("^[0-9a-f]{8}$");

static EXPECTED_TYPES: ecs_schema::ExpectedTypes = ecs_schema::ExpectedTypes::new(
    &EVENT_CATEGORY,
    &EVENT_TYPE,
    &[("file", &["access", "change"]), ("process", &["access", "end", "start"])],
);

ecs_schema::impl_shape!(Event, EVENT_RULES, { 0 category, 1 created, 2 hash, 3 outcome, 4 r#type });

/// The values of `event.category`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventCategory {
    /// `file`.
    File,
    /// `host`; expects every type.
    Host,
    /// `process`.
    Process,
    /// Another value, stored by another release; refused when writing.
    Other(String),
}

ecs_schema::impl_allowed_enum!(EventCategory, EVENT_CATEGORY, { File "file", Host "host", Process "process" });

/// The values of `event.outcome`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventOutcome {
    /// `failure`.
    Failure,
    /// `success`.
    Success,
    /// Another value, stored by another release; refused when writing.
    Other(String),
}

ecs_schema::impl_allowed_enum!(EventOutcome, EVENT_OUTCOME, { Failure "failure", Success "success" });

/// The values of `event.type`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventType {
    /// `access`.
    Access,
    /// `change`.
    Change,
    /// `end`.
    End,
    /// `start`.
    Start,
    /// Another value, stored by another release; refused when writing.
    Other(String),
}

ecs_schema::impl_allowed_enum!(EventType, EVENT_TYPE, { Access "access", Change "change", End "end", Start "start" });

/// `client` and `host`, which have the same fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Host {
    /// `host.ip` (ip, array).
    pub ip: Vec<std::net::IpAddr>,
    /// `host.location` (`geo_point`).
    pub location: Option<ecs_schema::GeoPoint>,
    /// `host.name` (keyword).
    pub name: Option<String>,
}

static HOST_RULES: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[
    field_rule!("ip", Ip).array(),
    field_rule!("location", GeoPoint),
    field_rule!("name", Keyword),
]);

ecs_schema::impl_shape!(Host, HOST_RULES, { 0 ip, 1 location, 2 name });

/// `saved_objects`.
#[derive(Clone, Debug, PartialEq)]
pub struct SavedObject {
    /// `saved_objects.id` (keyword).
    pub id: String,
    /// `saved_objects.note` (keyword with `ignore_above`).
    pub note: Option<String>,
    /// `saved_objects.space_ids` (keyword, array).
    pub space_ids: Vec<String>,
}

impl SavedObject {
    /// The object with its required fields.
    #[must_use]
    pub fn new(id: String, space_ids: Vec<String>) -> Self {
        Self { id, note: None, space_ids }
    }
}

static SAVED_OBJECT_RULES: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[
    field_rule!("id", Keyword).required(),
    field_rule!("note", Text),
    field_rule!("space_ids", Keyword).array().required(),
]);

ecs_schema::impl_shape!(SavedObject, SAVED_OBJECT_RULES, { 0 id, 1 note, 2 space_ids });
