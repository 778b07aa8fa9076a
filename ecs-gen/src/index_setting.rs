//! The index settings that a log file may give under `settings`: one row each, with the form of its value, the engine that
//! has it, and what an index does with a new value. Names are those of the engines without `index.`.

mod analysis;
mod form;

pub use analysis::{ANALYZERS, NORMALIZERS, names as analysis_names};
pub use form::{SettingForm, stored};

/// Name of the setting that declares analyzers and normalizers.
pub const ANALYSIS: &str = "analysis";

/// A setting.
#[derive(Clone, Copy, Debug)]
pub struct SettingSpec {
    /// Its name without `index.`, such as `sort.field`.
    pub name: &'static str,
    /// What its value looks like.
    pub form: SettingForm,
    /// The engine that has it.
    pub engine: SettingEngine,
    /// Whether an index keeps the value that it was made with.
    pub is_static: bool,
    /// Whether the engine needs it to judge the mapping, so that both stand in one component template.
    pub is_of_mapping: bool,
    /// What it does, for people.
    pub about: &'static str,
}

/// Which engine has a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingEngine {
    /// Both.
    Both,
    /// Elasticsearch alone.
    Elasticsearch,
    /// OpenSearch alone.
    OpenSearch,
}

const fn of_mapping(name: &'static str, form: SettingForm, about: &'static str) -> SettingSpec {
    SettingSpec { name, form, engine: SettingEngine::Both, is_static: true, is_of_mapping: true, about }
}

const fn fixed(name: &'static str, form: SettingForm, about: &'static str) -> SettingSpec {
    SettingSpec { name, form, engine: SettingEngine::Both, is_static: true, is_of_mapping: false, about }
}

const fn dynamic(name: &'static str, form: SettingForm, about: &'static str) -> SettingSpec {
    SettingSpec { name, form, engine: SettingEngine::Both, is_static: false, is_of_mapping: false, about }
}

const fn only(engine: SettingEngine, spec: SettingSpec) -> SettingSpec {
    SettingSpec { engine, ..spec }
}

/// Every setting that can be given, in byte order of the names.
pub const SETTINGS: &[SettingSpec] = &[
    of_mapping(
        ANALYSIS,
        SettingForm::Analysis,
        "analyzers and normalizers of the log's own, and what they are made of",
    ),
    only(
        SettingEngine::OpenSearch,
        fixed(
            "codec",
            SettingForm::OneOf(&["best_compression", "default", "lz4", "zlib", "zstd", "zstd_no_dict"]),
            "how documents are compressed; `zstd` is in the distribution's plug-in `custom-codecs`",
        ),
    ),
    dynamic("final_pipeline", SettingForm::Text, "the ingest pipeline that no request can pass over"),
    of_mapping(
        "mapping.ignore_malformed",
        SettingForm::Boolean,
        "whether a value of the wrong form is kept and not indexed, in every field that does not say",
    ),
    dynamic("max_result_window", SettingForm::Count(1, i32::MAX), "the most hits that `from` and `size` reach"),
    only(
        SettingEngine::Elasticsearch,
        of_mapping("mode", SettingForm::OneOf(&["logsdb", "standard"]), "`logsdb` sorts and compresses for logs"),
    ),
    dynamic("priority", SettingForm::Count(0, i32::MAX), "which indices recover first, the highest"),
    dynamic("query.default_field", SettingForm::Texts, "the fields that a query without a field searches"),
    only(
        SettingEngine::Elasticsearch,
        dynamic("routing.allocation.include._tier_preference", SettingForm::Text, "the tier of nodes that holds it"),
    ),
    dynamic("routing.allocation.total_shards_per_node", SettingForm::Count(-1, i32::MAX), "the most shards on a node"),
    dynamic("search.idle.after", SettingForm::Duration("0s"), "how long after the last search it is refreshed no more"),
    of_mapping("sort.field", SettingForm::Texts, "the fields by which each segment is sorted"),
    of_mapping("sort.missing", SettingForm::EachOf(&["_first", "_last"]), "where documents without the field go"),
    of_mapping("sort.mode", SettingForm::EachOf(&["max", "min"]), "which of several values counts"),
    of_mapping("sort.order", SettingForm::EachOf(&["asc", "desc"]), "the direction, for each field"),
    dynamic("translog.durability", SettingForm::OneOf(&["async", "request"]), "`async` answers before it is on disk"),
    dynamic("translog.sync_interval", SettingForm::Duration("100ms"), "how often the disk is written with `async`"),
    dynamic(
        "unassigned.node_left.delayed_timeout",
        SettingForm::Duration("0s"),
        "how long it is waited for a node that has left",
    ),
];

/// The setting of that name; `index.` before it is of no importance.
#[must_use]
pub fn find(name: &str) -> Option<&'static SettingSpec> {
    let name = name.strip_prefix("index.").unwrap_or(name);
    SETTINGS.iter().find(|spec| spec.name == name)
}

/// Settings that have options of their own, or follow from others, with what to write; a name that ends with `.` is the
/// beginning of several.
const ELSEWHERE: &[(&str, &str)] = &[
    ("number_of_shards", "write `shards`, beside `settings`"),
    ("number_of_replicas", "write `replicas`, beside `settings`"),
    ("auto_expand_replicas", "write it beside `settings`"),
    ("refresh_interval", "write it beside `settings`"),
    ("default_pipeline", "write it beside `settings`"),
    ("hidden", "write it beside `settings`"),
    ("lifecycle.", "when indices roll over and go is an option of the log, `lifecycle`"),
    ("plugins.index_state_management.", "when indices roll over and go is an option of the log, `lifecycle`"),
    ("mapping.total_fields.limit", "it is generated from the number of fields; the most is the log's `field_budget`"),
    ("mapping.depth.limit", "it is generated from the depth of the fields"),
    ("mapping.nested_fields.limit", "it is generated from the number of nested fields"),
    ("time_series.", "no event log is a time series: events have no dimensions and metrics of their own"),
    ("routing_path", "no event log is a time series: events have no dimensions and metrics of their own"),
];

/// What to write in place of a setting that is no setting here.
#[must_use]
pub fn elsewhere(name: &str) -> Option<&'static str> {
    let name = name.strip_prefix("index.").unwrap_or(name);
    let is_meant = |known: &str| name == known || (known.ends_with('.') && name.starts_with(known));
    ELSEWHERE.iter().find(|(known, _)| is_meant(known)).map(|(_, help)| *help)
}

#[cfg(test)]
mod tests {
    use super::{SETTINGS, elsewhere, find};

    #[test]
    fn each_setting_has_one_row_in_order() {
        assert!(SETTINGS.windows(2).all(|pair| pair[0].name < pair[1].name));
        for spec in SETTINGS {
            assert!(find(&format!("index.{}", spec.name)).is_some());
            assert_eq!(elsewhere(spec.name), None, "{}", spec.name);
        }
    }
}
