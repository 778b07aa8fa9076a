//! One TypeScript file that the compiler gets, and lines in it that must not compile.

use std::fmt::Write as _;

/// A file for the compiler.
#[derive(Debug)]
pub struct TypeScriptFile {
    /// Where the compiler sees it, below the folder of the run.
    pub path: String,
    /// What the compiler sees.
    pub text: String,
    /// What it was made of, as shown to people; its lines are those of `text`.
    pub about: String,
}

/// Adds a line that must not compile: when it does, the compiler reports the directive before it as unused.
pub fn push_refused(text: &mut String, number: usize, type_name: &str, literal: &str) {
    writeln!(text, "// @ts-expect-error\nexport const refused{number}: {type_name} = {literal};")
        .expect("a string takes everything");
}
