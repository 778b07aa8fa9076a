//! Texts without a field, and how a text with wildcards is split.

use jiff::tz::TimeZone;

use super::by_type::{self, Predicate};
use super::{Resolver, Scope, simplify};
use crate::error::{ErrorKind, QueryError};
use crate::field::FieldKind;
use crate::kql::Literal;
use crate::resolved::{Condition, FreeText, Piece};
use crate::value::Pattern;
use crate::value::date::Clock;

/// Splits a text with wildcards as `query_string` does: at spaces, words without a wildcard that are neighbours staying
/// together.
pub(super) fn pieces(parts: &[String]) -> Vec<Piece> {
    let mut chunks: Vec<Vec<String>> = Vec::new();
    let mut in_word = false;
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            if in_word {
                chunks.last_mut().expect("the word is there").push(String::new());
            } else {
                chunks.push(vec![String::new(), String::new()]);
                in_word = true;
            }
        }
        for c in part.chars() {
            if matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{3000}') {
                in_word = false;
                continue;
            }
            if !in_word {
                chunks.push(vec![String::new()]);
                in_word = true;
            }
            chunks.last_mut().and_then(|chunk| chunk.last_mut()).expect("the word is there").push(c);
        }
    }
    let mut pieces: Vec<Piece> = Vec::new();
    for chunk in chunks {
        match (chunk.as_slice(), pieces.last_mut()) {
            ([word], Some(Piece::Words(words))) => {
                words.push(' ');
                words.push_str(word);
            }
            ([word], _) => pieces.push(Piece::Words(word.clone())),
            _ => pieces.push(Piece::Pattern(Pattern::new(chunk))),
        }
    }
    pieces
}

impl Resolver<'_> {
    pub(super) fn any_field(&self, value: &Literal, scope: Scope<'_>) -> Result<Condition, QueryError> {
        if let Some(group) = scope {
            return Err(QueryError::new(
                ErrorKind::Value,
                format!("a value in the nested `{group}` needs a field: `field: {}`", value.shown()),
            ));
        }
        if value.is_lone_wildcard() {
            return Ok(Condition::All);
        }
        let (text, meaning) = match value.as_text() {
            Some(text) if value.is_quoted() => (FreeText::Phrase(text.to_owned()), self.anywhere(text, true)),
            Some(text) => (FreeText::Words(text.to_owned()), self.anywhere(text, false)),
            None => {
                let pieces = pieces(value.parts());
                let meaning = pieces.iter().map(|piece| self.piece(piece)).collect();
                (FreeText::Pieces(pieces), simplify::or(meaning))
            }
        };
        Ok(match meaning {
            Condition::All => Condition::All,
            meaning => Condition::AnyField { text, meaning: Box::new(meaning) },
        })
    }

    fn piece(&self, piece: &Piece) -> Condition {
        match piece {
            Piece::Words(text) => self.anywhere(text, false),
            Piece::Pattern(pattern) if by_type::is_lone_wildcard(pattern) => Condition::All,
            Piece::Pattern(pattern) => self.lenient(&Predicate::Pattern(pattern)),
        }
    }

    fn anywhere(&self, text: &str, phrase: bool) -> Condition {
        self.lenient(&Predicate::Equals { text, phrase })
    }

    /// What `predicate` means of all fields that can be asked it. Engines are told no time zone here.
    fn lenient(&self, predicate: &Predicate<'_>) -> Condition {
        let clock = Clock { now: self.clock.now, time_zone: TimeZone::UTC };
        let fields = self.fields.fields().filter(|field| field.nested.is_none() && field.kind != FieldKind::GeoPoint);
        simplify::or(fields.filter_map(|field| by_type::condition(field, predicate, &clock).ok()).collect())
    }
}
