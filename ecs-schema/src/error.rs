//! What the error types have in common: `Debug` says what `Display` says, so that an error that a `main` returns, which is
//! printed by `Debug`, reads as a sentence.

/// Implements `Debug` by `Display`.
macro_rules! debug_by_display {
    ($($error:ty),+ $(,)?) => {
        $(impl std::fmt::Debug for $error {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, out)
            }
        })+
    };
}

debug_by_display!(
    crate::BinaryError,
    crate::GeoPointError,
    crate::JsonError,
    crate::RangeError,
    crate::RulesError,
    crate::TimestampError,
    crate::VersionError,
    crate::Violation,
    crate::Violations,
);
