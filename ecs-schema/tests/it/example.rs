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
    field_rule!("tags", Keyword).many(),
    field_rule!("trail", Object(&ECS_RULES)).many(),
    field_rule!("type", Keyword),
    field_rule!("version", Version),
]);

impl ecs_schema::Shape for Example {
    fn rules() -> &'static ecs_schema::ObjectRule {
        &EXAMPLE_RULES
    }

    fn each<V: ecs_schema::FieldVisitor>(&self, visitor: &mut V) {
        visitor.field(0, &self.timestamp);
        visitor.field(1, &self.blob);
        visitor.field(2, &self.client);
        visitor.field(3, &self.dataset);
        visitor.field(4, &self.deadline);
        visitor.field(5, &self.ecs);
        visitor.field(6, &self.event);
        visitor.field(7, &self.host);
        visitor.field(9, &self.labels);
        visitor.field(10, &self.message);
        visitor.field(11, &self.numbers);
        visitor.field(12, &self.ranges);
        visitor.field(13, &self.raw);
        visitor.field(14, &self.saved_objects);
        visitor.field(15, &self.tags);
        visitor.field(16, &self.trail);
        visitor.field(17, &self.r#type);
        visitor.field(18, &self.version);
    }

    fn read_field<'de, A: ecs_schema::MapAccess<'de>>(
        &mut self,
        index: usize,
        reader: ecs_schema::FieldReader<'_, A>,
    ) -> Result<bool, A::Error> {
        match index {
            0 => reader.read(&mut self.timestamp),
            1 => reader.read(&mut self.blob),
            2 => reader.read(&mut self.client),
            3 => reader.read(&mut self.dataset),
            4 => reader.read(&mut self.deadline),
            5 => reader.read(&mut self.ecs),
            6 => reader.read(&mut self.event),
            7 => reader.read(&mut self.host),
            9 => reader.read(&mut self.labels),
            10 => reader.read(&mut self.message),
            11 => reader.read(&mut self.numbers),
            12 => reader.read(&mut self.ranges),
            13 => reader.read(&mut self.raw),
            14 => reader.read(&mut self.saved_objects),
            15 => reader.read(&mut self.tags),
            16 => reader.read(&mut self.trail),
            17 => reader.read(&mut self.r#type),
            18 => reader.read(&mut self.version),
            _ => reader.skip(),
        }
    }

    fn blank() -> Self {
        Self::new(ecs_schema::FieldValue::blank(), ecs_schema::FieldValue::blank())
    }
}

ecs_schema::impl_shape!(Example);

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

impl ecs_schema::Shape for Ecs {
    fn rules() -> &'static ecs_schema::ObjectRule {
        &ECS_RULES
    }

    fn each<V: ecs_schema::FieldVisitor>(&self, visitor: &mut V) {
        visitor.field(0, &self.version);
    }

    fn read_field<'de, A: ecs_schema::MapAccess<'de>>(
        &mut self,
        index: usize,
        reader: ecs_schema::FieldReader<'_, A>,
    ) -> Result<bool, A::Error> {
        match index {
            0 => reader.read(&mut self.version),
            _ => reader.skip(),
        }
    }

    fn blank() -> Self {
        Self::new(ecs_schema::FieldValue::blank())
    }
}

ecs_schema::impl_shape!(Ecs);

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
    field_rule!("category", Keyword).many().allowed(&EVENT_CATEGORY).event_category(),
    field_rule!("created", DATE_NANOS),
    field_rule!("hash", Keyword).pattern(&EVENT_HASH_PATTERN),
    field_rule!("outcome", Keyword).allowed(&EVENT_OUTCOME),
    field_rule!("type", Keyword).many().allowed(&EVENT_TYPE).event_type(),
])
.expected_types(&EXPECTED_TYPES);

static EVENT_HASH_PATTERN: ecs_schema::Pattern = ecs_schema::Pattern::new("^[0-9a-f]{8}$");

static EXPECTED_TYPES: ecs_schema::ExpectedTypes = ecs_schema::ExpectedTypes::new(
    &EVENT_CATEGORY,
    &EVENT_TYPE,
    &[("file", &["access", "change"]), ("process", &["access", "end", "start"])],
);

impl ecs_schema::Shape for Event {
    fn rules() -> &'static ecs_schema::ObjectRule {
        &EVENT_RULES
    }

    fn each<V: ecs_schema::FieldVisitor>(&self, visitor: &mut V) {
        visitor.field(0, &self.category);
        visitor.field(1, &self.created);
        visitor.field(2, &self.hash);
        visitor.field(3, &self.outcome);
        visitor.field(4, &self.r#type);
    }

    fn read_field<'de, A: ecs_schema::MapAccess<'de>>(
        &mut self,
        index: usize,
        reader: ecs_schema::FieldReader<'_, A>,
    ) -> Result<bool, A::Error> {
        match index {
            0 => reader.read(&mut self.category),
            1 => reader.read(&mut self.created),
            2 => reader.read(&mut self.hash),
            3 => reader.read(&mut self.outcome),
            4 => reader.read(&mut self.r#type),
            _ => reader.skip(),
        }
    }

    fn blank() -> Self {
        Self::default()
    }
}

ecs_schema::impl_shape!(Event);

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

static EVENT_CATEGORY: ecs_schema::Allowed = ecs_schema::Allowed::new(&["file", "host", "process"]);

impl ecs_schema::Vocabulary for EventCategory {
    const ALLOWED: &'static ecs_schema::Allowed = &EVENT_CATEGORY;

    fn as_str(&self) -> &str {
        match self {
            Self::File => "file",
            Self::Host => "host",
            Self::Process => "process",
            Self::Other(text) => text,
        }
    }

    fn from_text(text: &str) -> Self {
        match text {
            "file" => Self::File,
            "host" => Self::Host,
            "process" => Self::Process,
            _ => Self::Other(text.to_owned()),
        }
    }
}

ecs_schema::impl_vocabulary!(EventCategory);

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

static EVENT_OUTCOME: ecs_schema::Allowed = ecs_schema::Allowed::new(&["failure", "success"]);

impl ecs_schema::Vocabulary for EventOutcome {
    const ALLOWED: &'static ecs_schema::Allowed = &EVENT_OUTCOME;

    fn as_str(&self) -> &str {
        match self {
            Self::Failure => "failure",
            Self::Success => "success",
            Self::Other(text) => text,
        }
    }

    fn from_text(text: &str) -> Self {
        match text {
            "failure" => Self::Failure,
            "success" => Self::Success,
            _ => Self::Other(text.to_owned()),
        }
    }
}

ecs_schema::impl_vocabulary!(EventOutcome);

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

static EVENT_TYPE: ecs_schema::Allowed = ecs_schema::Allowed::new(&["access", "change", "end", "start"]);

impl ecs_schema::Vocabulary for EventType {
    const ALLOWED: &'static ecs_schema::Allowed = &EVENT_TYPE;

    fn as_str(&self) -> &str {
        match self {
            Self::Access => "access",
            Self::Change => "change",
            Self::End => "end",
            Self::Start => "start",
            Self::Other(text) => text,
        }
    }

    fn from_text(text: &str) -> Self {
        match text {
            "access" => Self::Access,
            "change" => Self::Change,
            "end" => Self::End,
            "start" => Self::Start,
            _ => Self::Other(text.to_owned()),
        }
    }
}

ecs_schema::impl_vocabulary!(EventType);

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
    field_rule!("ip", Ip).many(),
    field_rule!("location", GeoPoint),
    field_rule!("name", Keyword),
]);

impl ecs_schema::Shape for Host {
    fn rules() -> &'static ecs_schema::ObjectRule {
        &HOST_RULES
    }

    fn each<V: ecs_schema::FieldVisitor>(&self, visitor: &mut V) {
        visitor.field(0, &self.ip);
        visitor.field(1, &self.location);
        visitor.field(2, &self.name);
    }

    fn read_field<'de, A: ecs_schema::MapAccess<'de>>(
        &mut self,
        index: usize,
        reader: ecs_schema::FieldReader<'_, A>,
    ) -> Result<bool, A::Error> {
        match index {
            0 => reader.read(&mut self.ip),
            1 => reader.read(&mut self.location),
            2 => reader.read(&mut self.name),
            _ => reader.skip(),
        }
    }

    fn blank() -> Self {
        Self::default()
    }
}

ecs_schema::impl_shape!(Host);

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
    field_rule!("space_ids", Keyword).many().required(),
]);

impl ecs_schema::Shape for SavedObject {
    fn rules() -> &'static ecs_schema::ObjectRule {
        &SAVED_OBJECT_RULES
    }

    fn each<V: ecs_schema::FieldVisitor>(&self, visitor: &mut V) {
        visitor.field(0, &self.id);
        visitor.field(1, &self.note);
        visitor.field(2, &self.space_ids);
    }

    fn read_field<'de, A: ecs_schema::MapAccess<'de>>(
        &mut self,
        index: usize,
        reader: ecs_schema::FieldReader<'_, A>,
    ) -> Result<bool, A::Error> {
        match index {
            0 => reader.read(&mut self.id),
            1 => reader.read(&mut self.note),
            2 => reader.read(&mut self.space_ids),
            _ => reader.skip(),
        }
    }

    fn blank() -> Self {
        Self::new(ecs_schema::FieldValue::blank(), ecs_schema::FieldValue::blank())
    }
}

ecs_schema::impl_shape!(SavedObject);
