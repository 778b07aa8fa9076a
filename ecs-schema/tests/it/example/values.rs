//! The shapes of the example that have a field of each numeric and of each range kind; here because the file would
//! be too long to read otherwise. The generator writes one file.

use ecs_schema::field_rule;

/// `numbers`: one of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// `numbers.byte` (byte).
    pub byte: Option<i8>,
    /// `numbers.double` (double).
    pub double: Option<f64>,
    /// `numbers.exact` (long, `coerce: false`).
    pub exact: Option<i64>,
    /// `numbers.flag` (boolean).
    pub flag: Option<bool>,
    /// `numbers.float` (float).
    pub float: Option<f32>,
    /// `numbers.half` (`half_float`).
    pub half: Option<f32>,
    /// `numbers.integer` (integer).
    pub integer: Option<i32>,
    /// `numbers.long` (long).
    pub long: Option<i64>,
    /// `numbers.short` (short).
    pub short: Option<i16>,
    /// `numbers.unsigned` (`unsigned_long`).
    pub unsigned: Option<u64>,
}

pub(super) static NUMBERS_RULES: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[
    field_rule!("byte", Byte),
    field_rule!("double", Double),
    field_rule!("exact", Long).uncoerced(),
    field_rule!("flag", Boolean),
    field_rule!("float", Float),
    field_rule!("half", HalfFloat),
    field_rule!("integer", Integer),
    field_rule!("long", Long),
    field_rule!("short", Short),
    field_rule!("unsigned", UnsignedLong),
]);

ecs_schema::impl_shape!(Numbers, NUMBERS_RULES, {
    0 byte, 1 double, 2 exact, 3 flag, 4 float, 5 half, 6 integer, 7 long, 8 short, 9 unsigned
});

/// `ranges`: one of each kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ranges {
    /// `ranges.date` (`date_range`).
    pub date: Option<ecs_schema::Range<ecs_schema::Timestamp>>,
    /// `ranges.double` (`double_range`).
    pub double: Option<ecs_schema::Range<f64>>,
    /// `ranges.float` (`float_range`).
    pub float: Option<ecs_schema::Range<f32>>,
    /// `ranges.integer` (`integer_range`).
    pub integer: Option<ecs_schema::Range<i32>>,
    /// `ranges.ip` (`ip_range`).
    pub ip: Option<ecs_schema::Range<std::net::IpAddr>>,
    /// `ranges.long` (`long_range`, array).
    pub long: Vec<ecs_schema::Range<i64>>,
}

pub(super) static RANGES_RULES: ecs_schema::ObjectRule = ecs_schema::ObjectRule::new(&[
    field_rule!("date", DATE_RANGE),
    field_rule!("double", DOUBLE_RANGE),
    field_rule!("float", FLOAT_RANGE),
    field_rule!("integer", INTEGER_RANGE),
    field_rule!("ip", IP_RANGE),
    field_rule!("long", LONG_RANGE).array(),
]);

ecs_schema::impl_shape!(Ranges, RANGES_RULES, { 0 date, 1 double, 2 float, 3 integer, 4 ip, 5 long });
