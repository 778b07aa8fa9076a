//! Generated enums: closed lists when writing, open when reading.

use serde::de::Deserializer;

use crate::element::Element;
use crate::read;
use crate::rule::{Allowed, Kind};

/// A generated enum of the strings that a field takes, with a variant `Other(String)` for what else was stored.
///
/// The generator writes the enum and an [`impl_allowed_enum!`](crate::impl_allowed_enum) line.
pub trait AllowedEnum: Sized {
    /// The list.
    const ALLOWED: &'static Allowed;

    /// The string.
    fn as_str(&self) -> &str;

    /// The variant of a string; `Other` when it is not in the list.
    fn from_text(text: &str) -> Self;
}

/// Makes a generated enum a [`AllowedEnum`], and with it an [`Element`](crate::Element) that is `Serialize`,
/// `Deserialize`, `Display`, `From<&str>` and has an `as_str` of its own:
/// `impl_allowed_enum!(HostType, HOST_TYPE_VALUES, { Cloud "cloud", OnSite "on-site" })`.
///
/// After the enum stands the name of the `static` [`Allowed`] that the macro makes, then each variant but `Other` with
/// its string.
#[macro_export]
macro_rules! impl_allowed_enum {
    ($enum_type:ty, $table:ident, { $($variant:ident $value:literal),* $(,)? }) => {
        static $table: $crate::Allowed = $crate::Allowed::new(&[$($value),*]);

        impl $crate::AllowedEnum for $enum_type {
            const ALLOWED: &'static $crate::Allowed = &$table;

            fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)*
                    Self::Other(text) => text,
                }
            }

            fn from_text(text: &str) -> Self {
                match text {
                    $($value => Self::$variant,)*
                    _ => Self::Other(::std::borrow::ToOwned::to_owned(text)),
                }
            }
        }

        impl $enum_type {
            /// The string that stands in JSON.
            #[must_use]
            pub fn as_str(&self) -> &str {
                $crate::AllowedEnum::as_str(self)
            }
        }

        impl $crate::Element for $enum_type {
            fn check(&self, rule: &$crate::FieldRule, at: &$crate::Path<'_>, out: &mut $crate::Checker) {
                let text = self.as_str();
                if ::core::matches!(self, Self::Other(_)) || !rule.takes_listed(&$table, text.len()) {
                    $crate::__private::check_string(text, rule, at, out);
                }
            }

            fn write(&self, _: &$crate::FieldRule, out: &mut ::std::vec::Vec<u8>) {
                $crate::__private::write_string(self.as_str(), out);
            }

            fn serialize<S: $crate::__private::Serializer>(
                &self,
                _: &$crate::FieldRule,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }

            fn read_scalar(scalar: $crate::Scalar<'_>, _: &$crate::FieldRule) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match scalar {
                    $crate::Scalar::Text(text) => <Self as $crate::AllowedEnum>::from_text(text),
                    _ => <Self as $crate::AllowedEnum>::from_text(&$crate::__private::text_of(scalar)),
                })
            }

            fn blank() -> Self {
                Self::Other(::std::string::String::new())
            }

            fn is_blank(&self) -> bool {
                self.as_str().is_empty()
            }
        }

        impl ::core::fmt::Display for $enum_type {
            fn fmt(&self, out: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                out.pad(self.as_str())
            }
        }

        impl ::core::convert::From<&str> for $enum_type {
            fn from(text: &str) -> Self {
                <Self as $crate::AllowedEnum>::from_text(text)
            }
        }

        impl $crate::__private::Serialize for $enum_type {
            fn serialize<S: $crate::__private::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::__private::Deserialize<'de> for $enum_type {
            fn deserialize<D: $crate::__private::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                $crate::__private::deserialize_text(deserializer)
            }
        }
    };
}

/// See [`impl_allowed_enum!`](crate::impl_allowed_enum).
///
/// # Errors
/// When the input is broken or no scalar.
pub fn deserialize_text<'de, T: Element, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    read::read_alone(Kind::Text, from)
}
