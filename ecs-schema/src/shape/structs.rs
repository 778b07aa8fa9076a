//! What every generated struct gets from one line; in a macro because a blanket implementation of `serde`'s foreign
//! traits is not possible.

use serde::de::{Deserializer, MapAccess};
use serde::ser::Serializer;

use super::{Shape, check_object, serialize_object};
use crate::checker::Checker;
use crate::overlay::{Layer, Merge};
use crate::path::Path;
use crate::{overlay, read, write};

/// Makes a generated struct a [`Shape`], and with it an [`Element`](crate::Element) that is `Serialize` and
/// `Deserialize`: `impl_shape!(Host, HOST_RULES, { 0 ip, 1 name })`.
///
/// After the struct stands its table, then each field behind its place in the table, in the table's order.
#[macro_export]
macro_rules! impl_shape {
    ($shape:ty, $table:path, { $($place:literal $field:ident),* $(,)? }) => {
        impl $crate::Shape for $shape {
            fn rules() -> &'static $crate::ObjectRule {
                &$table
            }

            fn each<V: $crate::FieldVisitor>(&self, visitor: &mut V) {
                let _ = &visitor;
                $(visitor.field($place, &self.$field);)*
            }

            fn read_field<'de, A: $crate::MapAccess<'de>>(
                &mut self,
                index: usize,
                reader: $crate::FieldReader<'_, A>,
            ) -> ::core::result::Result<bool, A::Error> {
                match index {
                    $($place => reader.read(&mut self.$field),)*
                    _ => reader.skip(),
                }
            }

            fn set_field(&mut self, index: usize, rest: &[usize], scalar: $crate::Scalar<'_>) -> bool {
                let fields = $table.fields();
                match index {
                    $($place => $crate::FieldValue::set(&mut self.$field, &fields[$place], rest, scalar),)*
                    _ => {
                        let _ = (fields, rest, scalar);
                        false
                    }
                }
            }

            fn blank() -> Self {
                Self { $($field: $crate::FieldValue::blank()),* }
            }
        }

        impl $crate::Element for $shape {
            fn check(&self, _: &$crate::FieldRule, at: &$crate::Path<'_>, out: &mut $crate::Checker) {
                $crate::__private::check_shape(self, at, out);
            }

            fn write(&self, _: &$crate::FieldRule, out: &mut ::std::vec::Vec<u8>) {
                $crate::__private::write_shape(self, out);
            }

            fn write_checked(
                &self,
                _: &$crate::FieldRule,
                layer: $crate::__private::Layer<'_>,
                at: &$crate::Path<'_>,
                merge: &mut $crate::__private::Merge<'_>,
            ) {
                $crate::__private::merge_shape(self, layer, at, merge);
            }

            fn set_inside(&mut self, rest: &[usize], scalar: $crate::Scalar<'_>) -> bool {
                match rest {
                    [index, rest @ ..] => $crate::Shape::set_field(self, *index, rest, scalar),
                    [] => false,
                }
            }

            fn serialize<S: $crate::__private::Serializer>(
                &self,
                _: &$crate::FieldRule,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize_shape(self, serializer)
            }

            fn read_scalar(_: $crate::Scalar<'_>, _: &$crate::FieldRule) -> ::core::option::Option<Self> {
                ::core::option::Option::None
            }

            fn read_map<'de, A: $crate::__private::MapAccess<'de>>(
                map: A,
                _: &$crate::FieldRule,
                at: &$crate::Path<'_>,
            ) -> ::core::result::Result<Self, A::Error> {
                $crate::__private::read_shape_map(map, at)
            }

            fn blank() -> Self {
                <Self as $crate::Shape>::blank()
            }
        }

        impl $crate::__private::Serialize for $shape {
            fn serialize<S: $crate::__private::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::__private::serialize_shape(self, serializer)
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $shape {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_shape(deserializer)
            }
        }
    };
}

/// See [`impl_shape!`](crate::impl_shape).
pub fn check_shape<T: Shape>(shape: &T, at: &Path<'_>, out: &mut Checker) {
    check_object(shape, at, out);
}

/// See [`impl_shape!`](crate::impl_shape).
pub fn write_shape<T: Shape>(shape: &T, out: &mut Vec<u8>) {
    write::object(shape, out);
}

/// See [`impl_shape!`](crate::impl_shape).
pub fn merge_shape<T: Shape>(shape: &T, layer: Layer<'_>, at: &Path<'_>, merge: &mut Merge<'_>) {
    overlay::object(shape, layer, at, merge);
}

/// See [`impl_shape!`](crate::impl_shape).
///
/// # Errors
/// The serializer's.
pub fn serialize_shape<T: Shape, S: Serializer>(shape: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serialize_object(shape, serializer)
}

/// See [`impl_shape!`](crate::impl_shape).
///
/// # Errors
/// When the input is broken or a value cannot be read.
pub fn read_shape_map<'de, T: Shape, A: MapAccess<'de>>(map: A, at: &Path<'_>) -> Result<T, A::Error> {
    read::read_object(map, at)
}

/// See [`impl_shape!`](crate::impl_shape).
///
/// # Errors
/// When the input is broken or a value cannot be read.
pub fn deserialize_shape<'de, T: Shape + crate::Element, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    read::read_shape(T::rules(), from)
}
