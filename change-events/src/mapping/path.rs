//! Paths into a JSON payload. Knows no payload's shape.

use serde_json::Value as Json;

/// Where a value stands: `a.b[0].c`, `a[*].b`, `a."b.c/d"`.
#[derive(Debug)]
pub struct Path(Vec<Segment>);

#[derive(Debug)]
enum Segment {
    Name(String),
    Index(usize),
    Each,
}

impl Path {
    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut segments = Vec::new();
        let mut rest = text;
        loop {
            let (name, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or("a quote is not closed")?,
                None => rest.split_at(rest.find(['.', '[', '"']).unwrap_or(rest.len())),
            };
            let is_plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '@' | '$'));
            if name.is_empty() || (!rest.starts_with('"') && !is_plain) {
                return Err(format!("`{text}` is not a path; write names with dots between, others in quotes"));
            }
            segments.push(Segment::Name(name.to_owned()));
            rest = after;
            while let Some(bracket) = rest.strip_prefix('[') {
                let (index, after) = bracket.split_once(']').ok_or("a bracket is not closed")?;
                segments.push(match index {
                    "*" => Segment::Each,
                    index => Segment::Index(index.parse().map_err(|_| format!("`{index}` is not an index or `*`"))?),
                });
                rest = after;
            }
            match rest.strip_prefix('.') {
                Some(after) => rest = after,
                None if rest.is_empty() => return Ok(Self(segments)),
                None => return Err(format!("`{text}` is not a path; a dot is missing before `{rest}`")),
            }
        }
    }

    /// The values that stand there, without nulls and blank text.
    pub fn find<'j>(&self, root: &'j Json) -> Vec<&'j Json> {
        let mut found = vec![root];
        for segment in &self.0 {
            found = match segment {
                Segment::Name(name) => found.into_iter().filter_map(|value| value.get(name)).collect(),
                Segment::Index(index) => found.into_iter().filter_map(|value| value.get(index)).collect(),
                Segment::Each => found.into_iter().filter_map(Json::as_array).flatten().collect(),
            };
        }
        found.retain(|value| !is_missing(value));
        found
    }
}

/// Whether a value counts as not being there.
pub fn is_missing(value: &Json) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}
