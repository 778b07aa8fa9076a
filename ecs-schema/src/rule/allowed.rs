//! A closed list of strings. Knows neither fields nor enums.

/// The strings that a field takes, in the order in which the schema lists them.
#[derive(Debug)]
pub struct Allowed {
    values: &'static [&'static str],
}

impl Allowed {
    /// The list of these values.
    #[must_use]
    pub const fn new(values: &'static [&'static str]) -> Self {
        Self { values }
    }

    /// The values.
    #[must_use]
    pub const fn values(&self) -> &'static [&'static str] {
        self.values
    }

    /// Where `value` stands in the list.
    #[must_use]
    pub fn position(&self, value: &str) -> Option<usize> {
        self.values.iter().position(|allowed| *allowed == value)
    }

    /// As [`position`](Self::position), while compiling.
    pub(crate) const fn const_position(&self, value: &str) -> Option<usize> {
        let mut at = 0;
        while at < self.values.len() {
            if is_same(self.values[at], value) {
                return Some(at);
            }
            at += 1;
        }
        None
    }
}

const fn is_same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    if left.len() != right.len() {
        return false;
    }
    let mut at = 0;
    while at < left.len() {
        if left[at] != right[at] {
            return false;
        }
        at += 1;
    }
    true
}
