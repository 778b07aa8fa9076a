//! `Serialize` and `Deserialize` of the value types outside of generated structs, by the rules that hold inside.

use serde::de::{Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::element::Element;
use crate::range::RangeEnd;
use crate::read;
use crate::rule::{DateFormat, FieldRule, Kind, RangeKind};
use crate::{Binary, Flattened, GeoPoint, Range, Timestamp, Version};

macro_rules! standalone {
    ($($type:ty, $kind:expr;)*) => {
        $(impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Element::serialize(self, &FieldRule::nameless($kind), serializer)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read::read_alone($kind, deserializer)
            }
        })*
    };
}

standalone! {
    Timestamp, Kind::Date(DateFormat::IsoOrMillis);
    Version, Kind::Version;
    Binary, Kind::Binary;
    GeoPoint, Kind::GeoPoint;
    Flattened, Kind::Flattened;
}

impl<T: RangeEnd + Element> Serialize for Range<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Element::serialize(self, &FieldRule::nameless(Kind::Range(RangeKind::Double)), serializer)
    }
}

impl<'de, T: RangeEnd + Element> Deserialize<'de> for Range<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        read::read_alone(Kind::Range(RangeKind::Double), deserializer)
    }
}
