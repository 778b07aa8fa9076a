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

impl ecs_schema::Shape for Numbers {
    fn rules() -> &'static ecs_schema::ObjectRule {
        &NUMBERS_RULES
    }

    fn each<V: ecs_schema::FieldVisitor>(&self, visitor: &mut V) {
        visitor.field(0, &self.byte);
        visitor.field(1, &self.double);
        visitor.field(2, &self.exact);
        visitor.field(3, &self.flag);
        visitor.field(4, &self.float);
        visitor.field(5, &self.half);
        visitor.field(6, &self.integer);
        visitor.field(7, &self.long);
        visitor.field(8, &self.short);
        visitor.field(9, &self.unsigned);
    }

    fn read_field<'de, A: ecs_schema::MapAccess<'de>>(
        &mut self,
        index: usize,
        reader: ecs_schema::FieldReader<'_, A>,
    ) -> Result<bool, A::Error> {
        match index {
            0 => reader.read(&mut self.byte),
            1 => reader.read(&mut self.double),
            2 => reader.read(&mut self.exact),
            3 => reader.read(&mut self.flag),
            4 => reader.read(&mut self.float),
            5 => reader.read(&mut self.half),
            6 => reader.read(&mut self.integer),
            7 => reader.read(&mut self.long),
            8 => reader.read(&mut self.short),
            9 => reader.read(&mut self.unsigned),
            _ => reader.skip(),
        }
    }

    fn blank() -> Self {
        Self::default()
    }
}

ecs_schema::impl_shape!(Numbers);

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
    field_rule!("long", LONG_RANGE).many(),
]);

impl ecs_schema::Shape for Ranges {
    fn rules() -> &'static ecs_schema::ObjectRule {
        &RANGES_RULES
    }

    fn each<V: ecs_schema::FieldVisitor>(&self, visitor: &mut V) {
        visitor.field(0, &self.date);
        visitor.field(1, &self.double);
        visitor.field(2, &self.float);
        visitor.field(3, &self.integer);
        visitor.field(4, &self.ip);
        visitor.field(5, &self.long);
    }

    fn read_field<'de, A: ecs_schema::MapAccess<'de>>(
        &mut self,
        index: usize,
        reader: ecs_schema::FieldReader<'_, A>,
    ) -> Result<bool, A::Error> {
        match index {
            0 => reader.read(&mut self.date),
            1 => reader.read(&mut self.double),
            2 => reader.read(&mut self.float),
            3 => reader.read(&mut self.integer),
            4 => reader.read(&mut self.ip),
            5 => reader.read(&mut self.long),
            _ => reader.skip(),
        }
    }

    fn blank() -> Self {
        Self::default()
    }
}

ecs_schema::impl_shape!(Ranges);
