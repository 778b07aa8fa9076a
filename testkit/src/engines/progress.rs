//! Lines of progress on standard error, in cargo's shape: a verb in twelve columns, then what it is about.

/// Prints one line of progress.
pub fn step(verb: &str, about: &str) {
    eprintln!("{verb:>12} {about}");
}
