//! A set of small numbers: which of an object's fields were there. Allocates only for objects beyond 128 fields.

/// The fields that were seen, by their places in the table.
#[derive(Debug, Default)]
pub(crate) struct SeenFields {
    first: u128,
    others: Vec<usize>,
}

impl SeenFields {
    /// Adds a field; whether it is new.
    pub(crate) fn insert(&mut self, index: usize) -> bool {
        let is_new = !self.contains(index);
        if index < 128 {
            self.first |= 1 << index;
        } else if is_new {
            self.others.push(index);
        }
        is_new
    }

    pub(crate) fn contains(&self, index: usize) -> bool {
        if index < 128 { self.first >> index & 1 == 1 } else { self.others.contains(&index) }
    }
}

#[cfg(test)]
mod tests {
    use super::SeenFields;

    #[test]
    fn fields_of_large_objects_are_remembered_too() {
        let mut seen = SeenFields::default();
        for index in [0, 127, 128, 1_000] {
            assert!(!seen.contains(index) && seen.insert(index));
            assert!(seen.contains(index) && !seen.insert(index));
        }
        assert!(!seen.contains(129));
    }
}
