//! Where in a document we are: a list linked through the call stack, so that walking costs no allocation and a path
//! becomes text only when something is wrong there.

use std::fmt;

use crate::clip::Clipped;

/// The most characters of one unknown or free name that a path shows.
const MAX_NAME: usize = 64;

/// A place in a document, such as `kibana.saved_objects[2].rel`.
#[derive(Clone, Copy, Debug)]
pub struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Root,
    Field(&'a str),
    /// A name that the schema does not have.
    Unknown(&'a str),
    /// A name that is data, in an object whose names the schema leaves open.
    Member(&'a str),
    Element(usize),
}

impl<'a> Path<'a> {
    /// The document itself; shown as an empty text.
    pub const ROOT: Path<'static> = Path { parent: None, step: Step::Root };

    /// The field `name` of the object that stands here.
    #[must_use]
    pub const fn field(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Field(name) }
    }

    /// The member `name` of the object that stands here, which the schema does not have.
    #[must_use]
    pub(crate) const fn unknown(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Unknown(name) }
    }

    /// The member `name` of the object that stands here, whose names are data.
    #[must_use]
    pub(crate) const fn member(&'a self, name: &'a str) -> Path<'a> {
        Path { parent: Some(self), step: Step::Member(name) }
    }

    /// The element of the array that stands here, counted from 0.
    #[must_use]
    pub const fn element(&'a self, at: usize) -> Path<'a> {
        Path { parent: Some(self), step: Step::Element(at) }
    }
}

impl Path<'_> {
    pub(crate) const fn is_root(&self) -> bool {
        matches!(self.step, Step::Root)
    }

    /// The bytes of the names, joined by dots, without the numbers of elements.
    pub(crate) fn names_length(&self) -> usize {
        let above = self.parent.map_or(0, Path::names_length);
        match self.step {
            Step::Field(name) | Step::Unknown(name) | Step::Member(name) if above > 0 => above + 1 + name.len(),
            Step::Field(name) | Step::Unknown(name) | Step::Member(name) => name.len(),
            Step::Root | Step::Element(_) => above,
        }
    }

    /// Shows the path with `*` for each name that is data, or may be: a name that is not in the schema is shown when it
    /// looks like a field's, because it is nearly always a misspelt one.
    pub(crate) fn without_data(&self) -> impl fmt::Display {
        fmt::from_fn(|out| self.write(Names::OfSchema, out))
    }

    fn write(&self, names: Names, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.write(names, out)?;
        }
        let (name, is_data) = match self.step {
            Step::Root => return Ok(()),
            Step::Element(at) => return write!(out, "[{at}]"),
            Step::Field(name) => (name, false),
            Step::Unknown(name) => (name, !looks_like_a_field(name)),
            Step::Member(name) => (name, true),
        };
        if self.parent.is_some_and(|parent| !matches!(parent.step, Step::Root)) {
            out.write_str(".")?;
        }
        if is_data && names == Names::OfSchema {
            out.write_str("*")
        } else {
            write!(out, "{}", Clipped::new(name, MAX_NAME))
        }
    }
}

/// Which names of a path are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    All,
    OfSchema,
}

/// Whether a name is made as names of fields are, and no longer than they are.
fn looks_like_a_field(name: &str) -> bool {
    /// Longer than any name in the Elastic Common Schema.
    const MAX_LIKELY: usize = 40;
    let is_of_names = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
    name.len() <= MAX_LIKELY && name.strip_prefix('@').unwrap_or(name).chars().all(is_of_names)
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(Names::All, out)
    }
}
