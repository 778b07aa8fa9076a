//! Refuses a mapping with more fields than the log allows itself.

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::draft::Draft;

/// The engines' own `index.mapping.total_fields.limit`; a log that needs more should say so.
const DEFAULT_FIELD_BUDGET: u32 = 1000;

pub(super) fn run(draft: &mut Draft, diagnostics: &mut Diagnostics) {
    let mut count = 0;
    draft.selected.walk(&mut |_, place| {
        count += 1 + place.field.as_ref().map_or(0, |field| field.declaration.multi_fields.len());
    });
    let budget = draft.log.field_budget.as_ref().map_or(DEFAULT_FIELD_BUDGET, |budget| budget.value);
    if count > budget as usize {
        let span = draft.log.field_budget.as_ref().map_or(draft.log.name.span, |budget| budget.span);
        let message = format!("the mapping has {count} fields, objects and multi-fields; the budget is {budget}");
        let help = "select fewer, or raise `field_budget` if queries over so many fields are wanted";
        diagnostics.push(Diagnostic::error(Code::FieldBudget, message).at(span).help(help));
    }
}
