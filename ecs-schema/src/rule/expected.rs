//! Which event types each event category expects, as bit sets over the two lists, so that a check allocates nothing.

use super::Allowed;

/// The most values that `event.category` and `event.type` may have each: the bits of a set.
pub(super) const MAX_VALUES: usize = 64;

/// Which values of `event.type` each value of `event.category` expects, from the categories' `expected_event_types` in
/// the Elastic Common Schema.
#[derive(Debug)]
pub struct ExpectedTypes {
    pub(crate) types: &'static Allowed,
    /// For each category, by its place in the list, the types it expects.
    masks: [u64; MAX_VALUES],
}

impl ExpectedTypes {
    /// The rule for these two lists; a category that is not in `expected` expects every type.
    ///
    /// # Panics
    /// While compiling, when a list is longer than 64 or `expected` names a value that is not in its list.
    #[must_use]
    pub const fn new(
        categories: &'static Allowed,
        types: &'static Allowed,
        expected: &'static [(&'static str, &'static [&'static str])],
    ) -> Self {
        assert!(categories.values().len() <= MAX_VALUES, "at most 64 categories");
        assert!(types.values().len() <= MAX_VALUES, "at most 64 types");
        let mut masks = [u64::MAX; MAX_VALUES];
        let mut row = 0;
        while row < expected.len() {
            let (category, names) = expected[row];
            let Some(category) = categories.const_position(category) else { panic!("unknown event category") };
            masks[category] = 0;
            let mut column = 0;
            while column < names.len() {
                let Some(found) = types.const_position(names[column]) else { panic!("unknown event type") };
                masks[category] |= 1 << found;
                column += 1;
            }
            row += 1;
        }
        Self { types, masks }
    }

    /// The types that at least one of `categories` expects.
    pub(crate) fn union(&self, mut categories: u64) -> u64 {
        let mut types = 0;
        while categories != 0 {
            types |= self.masks[categories.trailing_zeros() as usize];
            categories &= categories - 1;
        }
        types
    }
}
