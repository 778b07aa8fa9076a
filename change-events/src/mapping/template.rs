//! Text with placeholders: its grammar, and nothing of where the values come from.

use super::Path;

/// Text with placeholders.
#[derive(Debug)]
pub struct Template(pub Vec<Piece>);

/// A part of a template.
#[derive(Debug)]
pub enum Piece {
    Text(String),
    Payload(Path),
    Header(String),
    Variable(String),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            literal.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                literal.push_str(brace);
                rest = after;
            } else if brace == "}" {
                return Err("`}` without `{`; write `}}` for a brace".to_owned());
            } else {
                let (inner, after) = rest.split_once('}').ok_or("`{` without `}`; write `{{` for a brace")?;
                if !literal.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut literal)));
                }
                pieces.push(placeholder(inner)?);
                rest = after;
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self(pieces))
    }

    /// The text, when there is no placeholder.
    pub fn constant(&self) -> Option<&str> {
        match self.0.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }
}

fn placeholder(inner: &str) -> Result<Piece, String> {
    if let Some(name) = inner.strip_prefix('$') {
        return Ok(Piece::Variable(name.to_owned()));
    }
    match inner.strip_prefix("header:") {
        Some("") => Err("`header:` needs the name of a header".to_owned()),
        Some(name) => Ok(Piece::Header(name.to_owned())),
        None => Path::parse(inner).map(Piece::Payload),
    }
}
