//! Collects violations while something else walks a document. Owns what must be remembered between fields: the
//! violations, and which event categories and types were seen.

use crate::clip::Clipped;
use crate::path::Path;
use crate::rule::{Capture, ExpectedTypes, FieldRule};
use crate::violation::{Found, MAX_QUOTED, MAX_VIOLATIONS, Offending, Violation, ViolationRule, Violations};

/// Collects the violations of one document; allocates nothing until there is one.
#[derive(Debug, Default)]
pub struct Checker {
    kept: Vec<Violation>,
    total: usize,
    seen: Seen,
    /// Whether what is walked is a part of a document: what it lacks may be in the other parts, and which categories and
    /// types meet is not known yet.
    pub(crate) is_partial: bool,
}

/// The event categories and types of the object that is being walked, as places in their lists.
#[derive(Debug, Default)]
struct Seen {
    categories: u64,
    types: u64,
    has_unknown_category: bool,
}

impl Checker {
    /// Collects the violations of a part of a document.
    pub(crate) fn of_part() -> Self {
        Self { is_partial: true, ..Self::default() }
    }

    /// Everything that was reported, as an error when there is something.
    ///
    /// # Errors
    /// When there is a violation.
    pub(crate) fn finish(self) -> Result<(), Violations> {
        if self.total == 0 { Ok(()) } else { Err(Violations { kept: self.kept, total: self.total }) }
    }

    /// Forgets the violations that are not `wanted`, and those that were only counted.
    pub(crate) fn retain(&mut self, is_wanted: impl Fn(&ViolationRule) -> bool) {
        self.kept.retain(|violation| is_wanted(&violation.rule));
        self.total = self.kept.len();
    }

    /// Whether nothing was reported.
    pub(crate) const fn is_clean(&self) -> bool {
        self.total == 0
    }

    /// Whether further violations are only counted, so that describing them well is in vain.
    pub(crate) fn is_full(&self) -> bool {
        self.kept.len() >= MAX_VIOLATIONS
    }

    /// Notes that the value `found` breaks `rule` at `at`.
    #[cold]
    pub(crate) fn report(&mut self, at: &Path<'_>, rule: ViolationRule, found: impl Offending) {
        self.total += 1;
        if !self.is_full() {
            let (kind, path) = (found.kind(), at.to_string());
            let found = match kind {
                Found::Nothing => String::new(),
                _ => Clipped::new(found, MAX_QUOTED).to_string(),
            };
            let shown_path = Some(at.without_data().to_string()).filter(|shown| *shown != path);
            self.kept.push(Violation { path, rule, found, kind, shown_path });
        }
    }

    /// Notes a value of `event.category` or `event.type`, when `rule` says that it is one.
    pub(crate) fn capture(&mut self, rule: &FieldRule, value: &str) {
        let place = || rule.allowed.and_then(|allowed| allowed.position(value));
        match rule.capture {
            Capture::Nothing => {}
            Capture::Category => match place() {
                Some(place) => self.seen.categories |= 1 << place,
                None => self.seen.has_unknown_category = true,
            },
            Capture::Type => self.seen.types |= place().map_or(0, |place| 1 << place),
        }
    }

    /// Checks the types seen in the object at `at` against its categories, and forgets both.
    ///
    /// Nothing is expected of an object without categories or with an unknown one; unknown types are reported as such.
    pub(crate) fn check_expected_types(&mut self, expected: &'static ExpectedTypes, at: &Path<'_>) {
        let seen = std::mem::take(&mut self.seen);
        if self.is_partial || seen.categories == 0 || seen.has_unknown_category {
            return;
        }
        let unexpected = seen.types & !expected.union(seen.categories);
        if unexpected != 0 {
            self.report_unexpected_types(unexpected, expected, at);
        }
    }

    #[cold]
    fn report_unexpected_types(&mut self, types: u64, expected: &'static ExpectedTypes, at: &Path<'_>) {
        for (place, name) in expected.types.values().iter().enumerate() {
            if types >> place & 1 == 1 {
                self.report(&at.field("type"), ViolationRule::UnexpectedEventType, *name);
            }
        }
    }
}
