//! Checks that every sample has a file name of its own.

use std::collections::BTreeSet;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;
use crate::emit::samples::{FULL, MINIMAL};
use crate::source::Spanned;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    check(&draft.log.samples, &[FULL, MINIMAL], diagnostics);
    if let Some(pipeline) = &draft.log.index.default_pipeline {
        check(&pipeline.samples, &[], diagnostics);
    }
}

fn check(names: &[Spanned<String>], reserved: &[&str], diagnostics: &mut Diagnostics) {
    let mut taken: BTreeSet<&str> = reserved.iter().copied().collect();
    for name in names {
        let file = name.value.rsplit('/').next().unwrap_or_default();
        let stem = file.strip_suffix(".json").unwrap_or(file);
        if !taken.insert(stem) {
            let message = format!("there is another sample called `{stem}`");
            let help = "rename the file: samples are generated into one folder";
            diagnostics.push(Diagnostic::error(Code::DuplicateValue, message).at(name.span).help(help));
        }
    }
}
