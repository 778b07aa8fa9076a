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

    /// The element of the array that stands here, counted from 0.
    #[must_use]
    pub const fn element(&'a self, at: usize) -> Path<'a> {
        Path { parent: Some(self), step: Step::Element(at) }
    }
}

impl Path<'_> {
    /// The bytes of the names, joined by dots, without the numbers of elements.
    pub(crate) fn names_length(&self) -> usize {
        let above = self.parent.map_or(0, Path::names_length);
        match self.step {
            Step::Field(name) if above > 0 => above + 1 + name.len(),
            Step::Field(name) => name.len(),
            Step::Root | Step::Element(_) => above,
        }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(out)?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Element(at) => write!(out, "[{at}]"),
            Step::Field(name) => {
                if self.parent.is_some_and(|parent| !matches!(parent.step, Step::Root)) {
                    out.write_str(".")?;
                }
                Clipped::new(name, MAX_NAME).fmt(out)
            }
        }
    }
}
