//! Tasks of this workspace; nothing here knows what a field is.
fn main() {}
