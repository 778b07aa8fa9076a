//! What several files say of one field set, laid over each other: of a field given again the later attributes count,
//! multi-fields and list markers are united, places are joined.
//!
//! Custom files are united first, and then laid over ECS, so that their order decides nothing but which of two texts
//! counts. A type may become narrower within its family; any other two types are a conflict.

use std::collections::BTreeMap;
use std::mem;

use super::CustomId;
use super::parameters::{Written, multi_field_parameters, written_parameters};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::field_type::FieldType;
use crate::input::Dialect;
use crate::input::fieldset::{
    ExpectedInput, FieldInput, FieldsetInput, FieldsetType, MultiFieldInput, Normalize, NormalizeInput,
};
use crate::source::Spanned;

/// A field set, of all files that name it.
#[derive(Debug)]
pub(super) struct MergedSet {
    pub(super) name: Spanned<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) short: Option<String>,
    pub(super) root: Option<bool>,
    pub(super) top_level: Option<bool>,
    pub(super) order: Option<u32>,
    pub(super) in_ecs: bool,
    pub(super) customs: Vec<CustomId>,
    pub(super) expected: Vec<Expected>,
    /// The fields by their names below the set.
    pub(super) fields: BTreeMap<String, MergedField>,
}

/// A place of a set, and who gave it.
#[derive(Debug)]
pub(super) struct Expected {
    pub(super) place: Spanned<ExpectedInput>,
    pub(super) custom: Option<CustomId>,
}

/// A field, of all files that declare it.
#[derive(Clone, Debug)]
pub(super) struct MergedField {
    /// Everything but parameters and multi-fields.
    pub(super) input: FieldInput,
    pub(super) parameters: Vec<Written>,
    pub(super) multi_fields: Vec<MergedMultiField>,
    pub(super) in_ecs: bool,
    pub(super) customs: Vec<CustomId>,
}

/// A multi-field, of all files that declare it.
#[derive(Clone, Debug)]
pub(super) struct MergedMultiField {
    pub(super) name: Spanned<String>,
    pub(super) field_type: Spanned<String>,
    pub(super) parameters: Vec<Written>,
}

/// Unites sets by name. `customs` are all custom sets of a run, and laid over those of ECS.
pub(super) fn merge<'i>(
    ecs: impl Iterator<Item = &'i FieldsetInput>,
    customs: &[FieldsetInput],
    dialect: Dialect,
    diagnostics: &mut Diagnostics,
) -> Vec<MergedSet> {
    let mut merger = Merger { dialect, diagnostics };
    let mut united: BTreeMap<&str, MergedSet> = BTreeMap::new();
    for (position, input) in customs.iter().enumerate() {
        let set = merger.open(input, Some(CustomId(position)));
        match united.get_mut(input.name.as_str()) {
            Some(earlier) => merger.lay_over(earlier, set, false),
            None => {
                united.insert(&input.name, set);
            }
        }
    }
    let mut sets: BTreeMap<&str, MergedSet> = BTreeMap::new();
    for input in ecs {
        let set = merger.open(input, None);
        sets.insert(&input.name, set);
    }
    for (name, set) in united {
        match sets.get_mut(name) {
            Some(earlier) => merger.lay_over(earlier, set, true),
            None => {
                sets.insert(name, set);
            }
        }
    }
    sets.into_values().collect()
}

struct Merger<'d> {
    dialect: Dialect,
    diagnostics: &'d mut Diagnostics,
}

impl Merger<'_> {
    /// One set as one file has it.
    fn open(&mut self, input: &FieldsetInput, custom: Option<CustomId>) -> MergedSet {
        let mut fields: BTreeMap<String, MergedField> = BTreeMap::new();
        for field in &input.fields {
            let field = MergedField::open(field, custom, self.dialect, self.diagnostics);
            match fields.get_mut(field.input.name.as_str()) {
                Some(earlier) => self.lay_field_over(&input.name, earlier, field, false),
                None => {
                    fields.insert(field.input.name.value.clone(), field);
                }
            }
        }
        let reusable = input.reusable.as_ref();
        let expected = reusable.map(|reusable| reusable.expected.as_slice()).unwrap_or_default();
        MergedSet {
            name: input.name.clone(),
            title: input.title.clone(),
            description: input.description.clone(),
            short: input.short.clone(),
            root: input.root,
            top_level: reusable.and_then(|reusable| reusable.top_level),
            order: reusable.and_then(|reusable| reusable.order),
            in_ecs: custom.is_none(),
            customs: custom.into_iter().collect(),
            expected: expected.iter().map(|place| Expected { place: place.clone(), custom }).collect(),
            fields,
        }
    }

    /// `onto_ecs`: types may only become narrower, or one that the engines report as the same.
    fn lay_over(&mut self, earlier: &mut MergedSet, later: MergedSet, onto_ecs: bool) {
        later_counts(&mut earlier.title, later.title);
        later_counts(&mut earlier.description, later.description);
        later_counts(&mut earlier.short, later.short);
        later_counts(&mut earlier.root, later.root);
        later_counts(&mut earlier.top_level, later.top_level);
        later_counts(&mut earlier.order, later.order);
        earlier.customs.extend(later.customs);
        earlier.expected.extend(later.expected);
        for (name, field) in later.fields {
            match earlier.fields.get_mut(&name) {
                Some(known) => self.lay_field_over(&earlier.name, known, field, onto_ecs),
                None => {
                    earlier.fields.insert(name, field);
                }
            }
        }
    }

    fn lay_field_over(&mut self, set: &str, earlier: &mut MergedField, later: MergedField, onto_ecs: bool) {
        let path = format!("{set}.{}", earlier.input.name.value);
        let before = earlier.input.field_type.clone();
        let field_type = self.unite_types(&path, before.as_ref(), later.input.field_type.as_ref(), onto_ecs);
        if before.as_ref().map(|name| &name.value) != field_type.as_ref().map(|name| &name.value) {
            drop_unfit(&mut earlier.parameters, field_type.as_ref());
        }
        earlier.input.lay_over(later.input);
        earlier.input.field_type = field_type;
        lay_parameters_over(&mut earlier.parameters, later.parameters);
        for multi in later.multi_fields {
            match earlier.multi_fields.iter_mut().find(|known| known.name.value == multi.name.value) {
                Some(known) => {
                    let path = format!("{path}.{}", known.name.value);
                    let united = self.unite_types(&path, Some(&known.field_type), Some(&multi.field_type), onto_ecs);
                    if let Some(field_type) = united.filter(|united| united.value != known.field_type.value) {
                        drop_unfit(&mut known.parameters, Some(&field_type));
                        known.field_type = field_type;
                    }
                    lay_parameters_over(&mut known.parameters, multi.parameters);
                }
                None => earlier.multi_fields.push(multi),
            }
        }
        earlier.multi_fields.sort_by(|left, right| left.name.value.cmp(&right.name.value));
        earlier.customs.extend(later.customs);
    }

    /// The narrower of the two types; of two that do not go together the earlier, with a report.
    fn unite_types(
        &mut self,
        path: &str,
        earlier: Option<&Spanned<String>>,
        later: Option<&Spanned<String>>,
        onto_ecs: bool,
    ) -> Option<Spanned<String>> {
        let (Some(before), Some(after)) = (earlier, later) else { return later.or(earlier).cloned() };
        // What no engine has is reported where types are read.
        let (Some(old), Some(new)) = (type_of(before), type_of(after)) else { return Some(after.clone()) };
        if old == new {
            return Some(before.clone());
        }
        let narrower = old.narrower(new);
        if narrower == Some(new) || (onto_ecs && old.is_alike(new)) {
            return Some(after.clone());
        }
        if narrower == Some(old) && !onto_ecs {
            return Some(before.clone());
        }
        let (there, what) = if onto_ecs { ("in ECS", "ECS's") } else { ("elsewhere", "the other") };
        let message = format!("`{path}` is `{}` here and `{}` {there}", after.value, before.value);
        let help = format!("drop `type` here, or rename the field; a narrower type than {what} is possible");
        let problem = Diagnostic::error(Code::TypeConflict, message).at(after.span).and_at(before.span).help(help);
        self.diagnostics.push(problem);
        Some(before.clone())
    }
}

impl MergedField {
    fn open(field: &FieldInput, custom: Option<CustomId>, dialect: Dialect, diagnostics: &mut Diagnostics) -> Self {
        let mut input = field.clone();
        let mut multi_fields: Vec<MergedMultiField> = Vec::new();
        for multi in mem::take(&mut input.multi_fields) {
            let multi = MergedMultiField::open(multi);
            if multi_fields.iter().any(|known| known.name.value == multi.name.value) {
                let message = format!("`{}` has two multi-fields called `{}`", input.name.value, multi.name.value);
                let problem = dialect.finding(Code::DuplicateField, message).at(multi.name.span);
                diagnostics.push(problem.help("give one of them another `name`"));
                multi_fields.retain(|known| known.name.value != multi.name.value);
            }
            multi_fields.push(multi);
        }
        let parameters = written_parameters(&input);
        Self { input, parameters, multi_fields, in_ecs: custom.is_none(), customs: custom.into_iter().collect() }
    }
}

impl MergedMultiField {
    fn open(input: MultiFieldInput) -> Self {
        let parameters = multi_field_parameters(&input);
        let name = input.name.unwrap_or_else(|| input.field_type.clone());
        Self { name, field_type: input.field_type, parameters }
    }
}

impl FieldInput {
    /// Everything but types, parameters and multi-fields, which are judged before.
    fn lay_over(&mut self, later: Self) {
        later_counts(&mut self.reuse, later.reuse);
        later_counts(&mut self.transitive, later.transitive);
        later_counts(&mut self.level, later.level);
        // A short text belongs to its long one.
        if later.description.is_some() || later.short.is_some() {
            (self.description, self.short) = (later.description, later.short);
        }
        later_counts(&mut self.example, later.example);
        later_counts(&mut self.required, later.required);
        later_counts(&mut self.allowed_values, later.allowed_values);
        later_counts(&mut self.expected_values, later.expected_values);
        later_counts(&mut self.pattern, later.pattern);
        later_counts(&mut self.object_type, later.object_type);
        later_counts(&mut self.format, later.format);
        later_counts(&mut self.unit, later.unit);
        later_counts(&mut self.metric_type, later.metric_type);
        later_counts(&mut self.beta, later.beta);
        later_counts(&mut self.alpha, later.alpha);
        later_counts(&mut self.original_fieldset, later.original_fieldset);
        if later.normalize.is_array() {
            self.normalize = NormalizeInput::One(Normalize::Array);
        }
    }
}

fn later_counts<T>(earlier: &mut Option<T>, later: Option<T>) {
    if later.is_some() {
        *earlier = later;
    }
}

fn lay_parameters_over(earlier: &mut Vec<Written>, later: Vec<Written>) {
    earlier.retain(|known| later.iter().all(|new| new.name != known.name));
    earlier.extend(later);
}

/// Takes away what was written for a wider type and the narrower one does not take.
fn drop_unfit(parameters: &mut Vec<Written>, field_type: Option<&Spanned<String>>) {
    let Some(field_type) = field_type.and_then(type_of) else { return };
    parameters.retain(|written| written.fits(field_type));
}

fn type_of(name: &Spanned<String>) -> Option<FieldType> {
    if name.value == FieldsetType::NAME { Some(FieldType::Object) } else { FieldType::from_name(name) }
}
