//! What each kind of value is in Rust, and how its rule names it: one row for each kind.

use proc_macro2::{Punct, Spacing, TokenStream};
use quote::{ToTokens, TokenStreamExt, quote};

use super::names::Names;
use crate::date_formats::{DateFormats, Epoch};
use crate::field_type::{RangeOf, ValueKind};
use crate::model::{Field, ShapeId};
use crate::parameter::Parameter;

/// `&` without a space behind it: inside of macros the printer puts one unless the two are joined.
pub(super) struct Ref;

impl ToTokens for Ref {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(Punct::new('&', Spacing::Joint));
    }
}

/// The type of one value and the variant of `ecs_schema::Kind`; no type for an alias, which has no value.
pub(super) fn of(field: &Field, names: &Names) -> (Option<TokenStream>, TokenStream) {
    let (value, kind) = match field.kind() {
        ValueKind::Keyword if is_unlimited(field) => (text(field, names), quote!(Text)),
        ValueKind::Keyword => (text(field, names), quote!(Keyword)),
        ValueKind::Text => (text(field, names), quote!(Text)),
        ValueKind::Constant => (quote!(String), constant(field)),
        ValueKind::Version => (quote!(ecs_schema::Version), quote!(Version)),
        ValueKind::Integer(8) => (quote!(i8), quote!(Byte)),
        ValueKind::Integer(16) => (quote!(i16), quote!(Short)),
        ValueKind::Integer(32) => (quote!(i32), quote!(Integer)),
        ValueKind::Integer(_) => (quote!(i64), quote!(Long)),
        ValueKind::UnsignedLong => (quote!(u64), quote!(UnsignedLong)),
        ValueKind::Double => (quote!(f64), quote!(Double)),
        ValueKind::Float => (quote!(f32), quote!(Float)),
        ValueKind::HalfFloat => (quote!(f32), quote!(HalfFloat)),
        ValueKind::Boolean => (quote!(bool), quote!(Boolean)),
        ValueKind::Date => (quote!(ecs_schema::Timestamp), date(field, &quote!(DATE), &quote!(Date))),
        ValueKind::DateNanos => (quote!(ecs_schema::Timestamp), date(field, &quote!(DATE_NANOS), &quote!(DateNanos))),
        ValueKind::Ip => (quote!(std::net::IpAddr), quote!(Ip)),
        ValueKind::GeoPoint => (quote!(ecs_schema::GeoPoint), quote!(GeoPoint)),
        ValueKind::Range(of) => range(of, field),
        ValueKind::Binary => (quote!(ecs_schema::Binary), quote!(Binary)),
        ValueKind::Flattened => (quote!(ecs_schema::Flattened), quote!(Flattened)),
        ValueKind::Any => (quote!(ecs_schema::Json), quote!(Any)),
        ValueKind::Object => object(field, names, &quote!(Object)),
        ValueKind::Nested => object(field, names, &quote!(Nested)),
        ValueKind::Alias => {
            let target = text_of(field, Parameter::Path).unwrap_or_default();
            return (None, quote!(Alias(#target)));
        }
    };
    (Some(value), kind)
}

/// Whether the index puts no limit on the length of a keyword.
pub(in crate::emit) fn is_unlimited(field: &Field) -> bool {
    field.is_unindexed() || has_ignore_above(field)
}

fn has_ignore_above(field: &Field) -> bool {
    field.parameters.contains_key(&Parameter::IgnoreAbove)
}

fn text_of(field: &Field, parameter: Parameter) -> Option<&str> {
    field.parameters.get(&parameter).and_then(|value| value.as_str())
}

fn text(field: &Field, names: &Names) -> TokenStream {
    let list = field.allowed.map(|id| &names.allowed[id.index()].type_name);
    list.map_or_else(|| quote!(String), ToTokens::to_token_stream)
}

fn constant(field: &Field) -> TokenStream {
    let value = text_of(field, Parameter::Value);
    value.map_or_else(|| quote!(Constant(None)), |value| quote!(Constant(Some(#value))))
}

fn object(field: &Field, names: &Names, kind: &TokenStream) -> (TokenStream, TokenStream) {
    let shape = &names.shapes[field.shape.unwrap_or(ShapeId::ROOT).index()];
    let (type_name, table) = (&shape.type_name, &shape.table);
    (quote!(#type_name), quote!(#kind(#Ref #table)))
}

/// The constant for the engines' default format, the variant with the format for any other.
fn date(field: &Field, default: &TokenStream, kind: &TokenStream) -> TokenStream {
    match date_format(field) {
        None => default.clone(),
        Some(format) => quote!(#kind(#format)),
    }
}

fn date_format(field: &Field) -> Option<TokenStream> {
    let DateFormats { is_iso, epoch } = DateFormats::of(field);
    let variant = match (is_iso, epoch) {
        (true, Some(Epoch::Millis)) => return None,
        (true, Some(Epoch::Seconds)) => quote!(IsoOrSeconds),
        (false, Some(Epoch::Millis)) => quote!(Millis),
        (false, Some(Epoch::Seconds)) => quote!(Seconds),
        (_, None) => quote!(Iso),
    };
    Some(quote!(ecs_schema::DateFormat::#variant))
}

fn range(of: RangeOf, field: &Field) -> (TokenStream, TokenStream) {
    let (end, kind) = match of {
        RangeOf::Integer => (quote!(i32), quote!(INTEGER_RANGE)),
        RangeOf::Long => (quote!(i64), quote!(LONG_RANGE)),
        RangeOf::Float => (quote!(f32), quote!(FLOAT_RANGE)),
        RangeOf::Double => (quote!(f64), quote!(DOUBLE_RANGE)),
        RangeOf::Ip => (quote!(std::net::IpAddr), quote!(IP_RANGE)),
        RangeOf::Date => {
            let kind = match date_format(field) {
                None => quote!(DATE_RANGE),
                Some(format) => quote!(Range(ecs_schema::RangeKind::Date(#format))),
            };
            (quote!(ecs_schema::Timestamp), kind)
        }
    };
    (quote!(ecs_schema::Range<#end>), kind)
}
