//! A checked [`Node`] tree into typed inputs, through `serde`; [`Spanned`] values keep their places.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    self, Deserialize, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess,
    VariantAccess, Visitor,
};

use crate::source::node::{Node, Scalar, Value};
use crate::source::{FileId, Span, Spanned};

/// Name by which a [`Spanned`] value asks for its place.
const SPANNED: &str = "$spanned";

/// Why a node does not decode, and where.
#[derive(Debug)]
pub(super) struct DecodeError {
    pub(super) message: String,
    pub(super) span: Option<Span>,
}

impl de::Error for DecodeError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), span: None }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for DecodeError {}

pub(super) fn decode<'de, T: Deserialize<'de>>(node: &'de Node) -> Result<T, DecodeError> {
    T::deserialize(NodeDeserializer { node })
}

struct NodeDeserializer<'de> {
    node: &'de Node,
}

impl<'de> NodeDeserializer<'de> {
    fn scalar(&self) -> Option<&'de Scalar> {
        match &self.node.value {
            Value::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    fn locate<T>(&self, result: Result<T, DecodeError>) -> Result<T, DecodeError> {
        result.map_err(|mut error| {
            error.span.get_or_insert(self.node.span);
            error
        })
    }
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        let result = match &self.node.value {
            Value::Scalar(scalar) => match (scalar.is_null(), scalar.as_bool(), scalar.as_number()) {
                (true, _, _) => visitor.visit_unit(),
                (_, Some(boolean), _) => visitor.visit_bool(boolean),
                (_, _, Some(number)) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                    (Some(whole), _, _) => visitor.visit_u64(whole),
                    (_, Some(whole), _) => visitor.visit_i64(whole),
                    (_, _, float) => visitor.visit_f64(float.unwrap_or(f64::NAN)),
                },
                _ => visitor.visit_borrowed_str(&scalar.text),
            },
            Value::List(items) => visitor.visit_seq(Items { items: items.iter() }),
            Value::Map(entries) => visitor.visit_map(Pairs { entries: entries.iter(), value: None }),
        };
        self.locate(result)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        match self.scalar() {
            Some(scalar) if !scalar.is_null() => {
                let result = visitor.visit_borrowed_str(&scalar.text);
                self.locate(result)
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        if self.scalar().is_some_and(Scalar::is_null) { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        if name == SPANNED {
            return visitor.visit_seq(SpannedParts { span: self.node.span, next: 0, inner: self });
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        let result = match &self.node.value {
            Value::Scalar(scalar) => visitor.visit_enum(UnitVariant { text: &scalar.text }),
            Value::Map(entries) => {
                visitor.visit_enum(MapAccessDeserializer::new(Pairs { entries: entries.iter(), value: None }))
            }
            Value::List(_) => Err(de::Error::custom("a list is no choice")),
        };
        self.locate(result)
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct newtype_struct seq
        tuple tuple_struct map identifier ignored_any
    }
}

struct Items<'de> {
    items: std::slice::Iter<'de, Node>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeError> {
        self.items.next().map(|node| seed.deserialize(NodeDeserializer { node })).transpose()
    }
}

struct Pairs<'de> {
    entries: std::slice::Iter<'de, (Spanned<String>, Node)>,
    value: Option<&'de Node>,
}

impl<'de> MapAccess<'de> for Pairs<'de> {
    type Error = DecodeError;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeError> {
        let Some((key, value)) = self.entries.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(KeyDeserializer { key }).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, DecodeError> {
        let node = self.value.take().expect("serde asks for a value only after its key");
        seed.deserialize(NodeDeserializer { node })
    }
}

/// A key of a mapping: text that knows its place.
struct KeyDeserializer<'de> {
    key: &'de Spanned<String>,
}

impl<'de> Deserializer<'de> for KeyDeserializer<'de> {
    type Error = DecodeError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, DecodeError> {
        visitor.visit_borrowed_str(&self.key.value)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, DecodeError> {
        visitor.visit_seq(SpannedParts { span: self.key.span, next: 0, inner: StrDeserializer::new(&self.key.value) })
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

struct UnitVariant<'de> {
    text: &'de str,
}

impl<'de> EnumAccess<'de> for UnitVariant<'de> {
    type Error = DecodeError;
    type Variant = Self;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self), DecodeError> {
        let value = seed.deserialize(StrDeserializer::new(self.text))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for UnitVariant<'de> {
    type Error = DecodeError;

    fn unit_variant(self) -> Result<(), DecodeError> {
        Ok(())
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, _seed: S) -> Result<S::Value, DecodeError> {
        Err(de::Error::custom("this choice needs a value"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _len: usize, _visitor: V) -> Result<V::Value, DecodeError> {
        Err(de::Error::custom("this choice needs a list"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, DecodeError> {
        Err(de::Error::custom("this choice needs a mapping"))
    }
}

/// The four parts in which a [`Spanned`] value crosses serde: file, line, column, value.
struct SpannedParts<D> {
    span: Span,
    next: u8,
    inner: D,
}

impl<'de, D> SeqAccess<'de> for SpannedParts<D>
where
    D: Deserializer<'de, Error = DecodeError> + TakeInner,
{
    type Error = DecodeError;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, DecodeError> {
        self.next += 1;
        match self.next {
            1 => seed.deserialize(self.span.file.number().into_deserializer()).map(Some),
            2 => seed.deserialize(self.span.line.into_deserializer()).map(Some),
            3 => seed.deserialize(self.span.column.into_deserializer()).map(Some),
            4 => seed.deserialize(self.inner.copy()).map(Some),
            _ => Ok(None),
        }
    }
}

/// The two deserializers are only references, so the last part can have its own.
trait TakeInner {
    fn copy(&self) -> Self;
}

impl TakeInner for NodeDeserializer<'_> {
    fn copy(&self) -> Self {
        Self { node: self.node }
    }
}

impl TakeInner for StrDeserializer<'_, DecodeError> {
    fn copy(&self) -> Self {
        *self
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Spanned<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpannedVisitor<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for SpannedVisitor<T> {
            type Value = Spanned<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value with its place")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Spanned<T>, A::Error> {
                let missing = || de::Error::custom("only values of an input file have a place");
                let file: u32 = parts.next_element()?.ok_or_else(missing)?;
                let line = parts.next_element()?.ok_or_else(missing)?;
                let column = parts.next_element()?.ok_or_else(missing)?;
                let value = parts.next_element()?.ok_or_else(missing)?;
                Ok(Spanned::new(Span { file: FileId::from_number(file), line, column }, value))
            }
        }
        deserializer.deserialize_struct(SPANNED, &[], SpannedVisitor(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for Spanned<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<T>()
    }
}
