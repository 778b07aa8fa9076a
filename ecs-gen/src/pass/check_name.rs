//! Checks the name of the log: folders, files, types and modules are named after it.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;
use crate::input::Dialect;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let name = &draft.log.name;
    let is_word = |word: &str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    // Subset files of the official generator may have names with `_`.
    let parts: &[char] = match draft.dialect {
        Dialect::Own => &['-'],
        Dialect::Official => &['-', '_'],
    };
    if name.split(parts).all(is_word) && name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return;
    }
    let message = format!("`{}` cannot be the name of a log", name.value);
    let help = "write lower-case words of letters and digits, parted by `-`, and begin with a letter";
    diagnostics.push(Diagnostic::error(Code::InvalidName, message).at(name.span).help(help));
}
