//! The rows. To add a rule, add a row, emit it where its change is compared, and add a case to the tests.

use super::{Answer, RuleSpec};
use crate::diff::finding::{Action, Class, Severity};

/// Pages that rules refer to.
mod page {
    pub(super) const MAPPING: &str = "Elasticsearch: Update mapping API; OpenSearch: Update mapping";
    pub(super) const STRICT: &str = "Elasticsearch: dynamic; OpenSearch: Dynamic parameter";
    pub(super) const PARAMETERS: &str = "Elasticsearch: Mapping parameters; OpenSearch: Mapping parameters";
    pub(super) const TYPES: &str = "Elasticsearch: Field data types, type families; OpenSearch: Supported field types";
    pub(super) const SETTINGS: &str = "Elasticsearch: Index settings; OpenSearch: Index settings";
    pub(super) const TEMPLATES: &str = "Elasticsearch: Templates, modify a data stream; OpenSearch: Index templates";
    pub(super) const LIFECYCLE: &str =
        "Elasticsearch: Lifecycle policy updates; OpenSearch: ISM API, update managed policy";
    pub(super) const PIPELINE: &str = "Elasticsearch: Ingest pipelines; OpenSearch: Ingest pipelines";
    pub(super) const ROLES: &str = "Elasticsearch: Security privileges; OpenSearch: Permissions";
    pub(super) const SEMVER: &str = "The Cargo Book: SemVer compatibility";
    pub(super) const LOG: &str = "Log file: version";
}

macro_rules! rules {
    ($($variant:ident $id:literal $class:ident $severity:ident $action:ident $elasticsearch:ident $opensearch:ident
       $page:ident $explanation:literal;)+) => {
        /// A rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule { $(#[doc = $explanation] $variant,)+ }

        /// One row for each rule, by whom it concerns.
        pub const RULES: &[RuleSpec] = &[$(RuleSpec {
            rule: Rule::$variant,
            id: $id,
            class: Class::$class,
            severity: Severity::$severity,
            action: Action::$action,
            elasticsearch: Answer::$elasticsearch,
            opensearch: Answer::$opensearch,
            explanation: $explanation,
            reference: page::$page,
        },)+];
    };
}

rules! {
    // The indices that exist
    FieldAdded "field-added" Index Info InPlace Accepted Accepted MAPPING
        "A field or object is new; documents stored before do not have it.";
    FieldRemoved "field-removed" Index Info None Accepted Accepted MAPPING
        "A put never removes: existing indices keep the field, the next index lacks it.";
    MultiFieldAdded "multi-field-added" Index Info InPlace Accepted Accepted MAPPING
        "Documents stored before are found by it only after `_update_by_query`.";
    MultiFieldRemoved "multi-field-removed" Index Info None Accepted Accepted MAPPING
        "Existing indices keep the multi-field, the next index lacks it.";
    IgnoreAboveRaised "ignore-above-raised" Index Info InPlace Accepted Accepted PARAMETERS
        "Longer values are indexed from now on; those stored before are not.";
    IgnoreAboveLowered "ignore-above-lowered" Index Dangerous InPlace Accepted Accepted PARAMETERS
        "Values longer than the new limit are kept and silently no longer found.";
    NormsDisabled "norms-disabled" Index Dangerous InPlace Accepted Accepted PARAMETERS
        "Scores no longer count lengths, and this cannot be taken back in place.";
    CopyToChanged "copy-to-changed" Index Dangerous InPlace Accepted Accepted PARAMETERS
        "The list is replaced; what was copied before stays where it is.";
    MetaChanged "meta-changed" Index Info InPlace Accepted Accepted PARAMETERS
        "Notes of a field or mapping, without an effect on documents.";
    DynamicLoosened "dynamic-loosened" Index Dangerous InPlace Accepted Accepted STRICT
        "Unknown fields that were refused are ignored or added now: the mapping can grow by itself.";
    OrdinalsChanged "ordinals-changed" Index Info InPlace Accepted Accepted PARAMETERS
        "When global ordinals are built: what is slow, a refresh or the first search.";
    SourceKeepChanged "source-keep-changed" Index Info InPlace Accepted Absent PARAMETERS
        "What synthetic `_source` keeps as it was; it holds for documents from now on.";
    MappingOptionChanged "mapping-option-changed" Index Dangerous InPlace Accepted Accepted MAPPING
        "An option at the root of the mapping is replaced; it holds for documents from now on.";
    SettingChanged "setting-changed" Index Info InPlace NoMapping NoMapping SETTINGS
        "A setting that existing indices take by `PUT _settings`.";
    FieldLimitLowered "field-limit-lowered" Index Dangerous InPlace NoMapping NoMapping SETTINGS
        "An index with more fields takes no new ones any more.";
    VersionDecreased "version-decreased" Index Breaking None NoMapping NoMapping LOG
        "An installer refuses to replace a newer schema by an older one.";
    VersionNotRaised "version-not-raised" Index Dangerous None NoMapping NoMapping LOG
        "Something breaks and the log's version is the same, so that nobody can tell old from new.";
    VersionRaised "version-raised" Index Info None NoMapping NoMapping LOG
        "The log's version is higher.";

    // The row of indices
    TypeChangedInFamily "type-changed-in-family" Stream Dangerous Rollover Rejected Absent TYPES
        "Only the next index has the new type; searches over both see one family of types.";
    TypeChangedSearchable "type-changed-searchable" Stream Info Rollover Rejected Rejected TYPES
        "Only the next index has the new type; searches over old and new indices find what they would with one.";
    StaticParameterChanged "static-parameter-changed" Stream Dangerous Rollover Rejected Rejected PARAMETERS
        "An existing index keeps the parameter as it was made with; only the next one has the new value.";
    AnalysisChanged "analysis-changed" Stream Dangerous Rollover Rejected Rejected PARAMETERS
        "Texts become other terms in the next index, so one search finds different things in old and new indices.";
    NullValueChanged "null-value-changed" Stream Dangerous Rollover Rejected Rejected PARAMETERS
        "Null stands for another value in the next index than in those before.";
    NormsEnabled "norms-enabled" Stream Dangerous Rollover Rejected Rejected PARAMETERS
        "Norms cannot be added to an existing index.";
    IndexEnabled "index-enabled" Stream Info Rollover Rejected Rejected PARAMETERS
        "The field can be searched from the next index on.";
    DocValuesEnabled "doc-values-enabled" Stream Info Rollover Rejected Rejected PARAMETERS
        "The field can be sorted and aggregated from the next index on.";
    ObjectEnabled "object-enabled" Stream Info Rollover Rejected Rejected PARAMETERS
        "The object is parsed and indexed from the next index on.";
    AliasBecameField "alias-became-field" Stream Dangerous Rollover Rejected Rejected TYPES
        "An alias and a field do not take each other's place in an existing index.";
    FieldBecameAlias "field-became-alias" Stream Dangerous Rollover Rejected Rejected TYPES
        "A field and an alias do not take each other's place in an existing index.";
    StaticSettingChanged "static-setting-changed" Stream Dangerous Rollover NoMapping NoMapping SETTINGS
        "An existing index keeps the setting that it was made with.";
    PatternAdded "index-pattern-added" Stream Dangerous None NoMapping NoMapping TEMPLATES
        "The template holds for new names, where another template may have held before.";
    PatternRemoved "index-pattern-removed" Stream Breaking None NoMapping NoMapping TEMPLATES
        "New indices of that name no longer get the mapping, the settings and the policy.";
    TemplatePriorityChanged "template-priority-changed" Stream Dangerous None NoMapping NoMapping TEMPLATES
        "Of the templates that match a name, another may win.";
    CompositionChanged "template-composition-changed" Stream Dangerous Rollover NoMapping NoMapping TEMPLATES
        "The template is made of other parts; it holds for new indices only.";
    DataStreamChanged "data-stream-changed" Stream Breaking Reindex NoMapping NoMapping TEMPLATES
        "An alias with indices and a data stream do not turn into each other.";
    TemplateChanged "template-changed" Stream Dangerous Rollover NoMapping NoMapping TEMPLATES
        "Another part of a template differs; it holds for new indices only.";
    TemplateAdded "template-added" Stream Info None NoMapping NoMapping TEMPLATES
        "A template is new.";
    TemplateRemoved "template-removed" Stream Breaking None NoMapping NoMapping TEMPLATES
        "A template is gone: it stays installed and is no longer kept up to date.";
    RetentionShortened "retention-shortened" Stream Breaking ChangePolicy NoMapping NoMapping LIFECYCLE
        "Events that would still be there are deleted, and nothing brings them back.";
    RetentionExtended "retention-extended" Stream Info ChangePolicy NoMapping NoMapping LIFECYCLE
        "Events are kept longer and need more room.";
    RolloverChanged "rollover-changed" Stream Dangerous ChangePolicy NoMapping NoMapping LIFECYCLE
        "Indices are of another size or age, which also moves the age at which events go.";
    PhaseChanged "policy-phase-changed" Stream Dangerous ChangePolicy NoMapping NoMapping LIFECYCLE
        "What is done to an index in its life, or when, is different.";
    PolicyChanged "policy-changed" Stream Info ChangePolicy NoMapping NoMapping LIFECYCLE
        "Something else of the policy differs, such as which indices it is attached to.";
    PolicyAdded "policy-added" Stream Dangerous ChangePolicy NoMapping NoMapping LIFECYCLE
        "A policy carries the lifecycle where none did; indices that exist must be given to it.";
    PolicyRemoved "policy-removed" Stream Dangerous ChangePolicy NoMapping NoMapping LIFECYCLE
        "The policy no longer carries the lifecycle; existing indices keep it until it is taken from them.";
    PolicyRenamed "policy-renamed" Stream Dangerous ChangePolicy NoMapping NoMapping LIFECYCLE
        "New indices follow a policy of another name; the old one stays, with whatever people edited in it.";
    LogAdded "log-added" Stream Info None NoMapping NoMapping LOG
        "A log is new.";
    LogRemoved "log-removed" Stream Breaking None NoMapping NoMapping LOG
        "A log is gone: what is installed stays, and nothing maintains it.";

    // Searches
    QueryFieldRemoved "query-field-removed" Query Breaking None Accepted Accepted MAPPING
        "Searches, sorts and aggregations on the field find nothing in new indices.";
    FieldRenamed "field-renamed" Query Dangerous None Accepted Accepted TYPES
        "One field goes and one of the same kind comes; an `alias` field under the old name keeps searches working.";
    TypeChanged "type-changed" Query Breaking Reindex Rejected Rejected TYPES
        "The next index has another type than those before, and searches over both fail or lie until old ones are reindexed.";
    SortNeedsNumericType "sort-needs-numeric-type" Query Dangerous Rollover Rejected Rejected TYPES
        "Sorts over old and new indices fail or mix up the order unless they give a `numeric_type`; all else is found.";
    ValuesCountedTwice "values-counted-twice" Query Dangerous Rollover Rejected Rejected TYPES
        "Aggregations by value over old and new indices count a value once for each type.";
    ObjectBecameField "object-became-field" Query Breaking Reindex Rejected Rejected TYPES
        "The name holds an object in old indices and a value in new ones.";
    FieldBecameObject "field-became-object" Query Breaking Reindex Rejected Rejected TYPES
        "The name holds a value in old indices and an object in new ones.";
    NestedChanged "nested-changed" Query Breaking Reindex Rejected Rejected TYPES
        "A nested object needs a `nested` query, a plain one must not have it: no one query fits old and new indices.";
    IndexDisabled "index-disabled" Query Breaking Rollover Rejected Rejected PARAMETERS
        "The field cannot be searched in new indices.";
    DocValuesDisabled "doc-values-disabled" Query Breaking Rollover Rejected Rejected PARAMETERS
        "The field cannot be sorted or aggregated in new indices.";
    ObjectDisabled "object-disabled" Query Breaking Rollover Rejected Rejected PARAMETERS
        "Nothing in the object is parsed or found in new indices.";
    FielddataDisabled "fielddata-disabled" Query Breaking InPlace Accepted Accepted PARAMETERS
        "The text can no longer be sorted or aggregated, from the moment of the put.";
    SearchAnalysisChanged "search-analysis-changed" Query Dangerous InPlace Accepted Accepted PARAMETERS
        "Queries are taken apart in another way at once, in old and new indices alike.";
    AliasPathChanged "alias-path-changed" Query Dangerous InPlace Accepted Accepted TYPES
        "The same name finds another field at once.";
    HiddenChanged "hidden-changed" Query Dangerous InPlace NoMapping NoMapping SETTINGS
        "Searches with wildcards begin or cease to include the indices.";

    // Producers
    WriterFieldAdded "writer-field-added" Writer Info InPlace Accepted Accepted STRICT
        "Producers that send the field before the mapping is put are refused.";
    WriterFieldRemoved "writer-field-removed" Writer Breaking None Accepted Accepted STRICT
        "Under `dynamic: strict` the next index refuses every document of a producer that still sends the field.";
    WriterTypeChanged "writer-type-changed" Writer Breaking MajorVersion Rejected Rejected TYPES
        "Values that producers send today may be refused by the new type.";
    DynamicTightened "dynamic-tightened" Writer Breaking InPlace Accepted Accepted STRICT
        "Documents with unknown fields, taken until now, are refused at once.";
    ParsingTightened "parsing-tightened" Writer Breaking InPlace Accepted Accepted PARAMETERS
        "Values of a wrong form that were taken are refused at once.";
    ParsingLoosened "parsing-loosened" Writer Dangerous InPlace Accepted Accepted PARAMETERS
        "Values of a wrong form are taken, and kept without being indexed or as something else.";
    FormatNarrowed "format-narrowed" Writer Breaking Rollover Rejected Rejected PARAMETERS
        "Dates in a form that was taken are refused by the next index.";
    FormatWidened "format-widened" Writer Dangerous Rollover Rejected Rejected PARAMETERS
        "Dates in a further form are taken by the next index, and refused by those before.";
    ConstantValueSet "constant-value-set" Writer Dangerous InPlace Accepted Absent TYPES
        "The index takes this one value; documents with another are refused.";
    ConstantValueChanged "constant-value-changed" Writer Breaking Rollover Rejected Rejected TYPES
        "The next index refuses documents with the value of today.";
    ConstantValueUnset "constant-value-unset" Writer Dangerous Rollover Rejected Absent PARAMETERS
        "The next index takes the value of its first document, whatever that is.";
    LimitRemoved "length-limit-removed" Writer Dangerous InPlace Accepted Accepted PARAMETERS
        "Without `ignore_above` a value of more than 32,766 bytes refuses its document.";
    RequiredAdded "required-added" Writer Breaking MajorVersion NoMapping NoMapping LOG
        "Documents without the field are no longer valid.";
    ValuesNarrowed "values-narrowed" Writer Breaking MajorVersion NoMapping NoMapping LOG
        "A value that producers may send today is no longer valid.";
    ValuesWidened "values-widened" Writer Info None NoMapping NoMapping LOG
        "A further value is valid.";
    PatternTightened "value-pattern-added" Writer Breaking MajorVersion NoMapping NoMapping LOG
        "Values must match a pattern, new or another than before.";
    PatternLoosened "value-pattern-removed" Writer Info None NoMapping NoMapping LOG
        "Values need not match a pattern any more.";
    ActionAdded "action-added" Writer Info None NoMapping NoMapping LOG
        "A provider may log a further action.";
    ActionRemoved "action-removed" Writer Breaking MajorVersion NoMapping NoMapping LOG
        "The registry is closed: events of the action are refused.";
    AliasAdded "alias-added" Writer Info None NoMapping NoMapping TEMPLATES
        "Producers may write to a further alias or data stream.";
    AliasRemoved "alias-removed" Writer Breaking None NoMapping NoMapping TEMPLATES
        "Producers that write to the alias or data stream are no longer served.";
    PipelineAdded "pipeline-added" Writer Dangerous InPlace NoMapping NoMapping PIPELINE
        "Every document passes a pipeline that it did not pass before.";
    PipelineChanged "pipeline-changed" Writer Dangerous InPlace NoMapping NoMapping PIPELINE
        "Documents are changed or refused in another way, from the moment of the put.";
    PipelineRemoved "pipeline-removed" Writer Breaking InPlace NoMapping NoMapping PIPELINE
        "Documents that only the pipeline made right are refused.";
    RoleAdded "role-added" Writer Info None NoMapping NoMapping ROLES
        "A role is new.";
    RoleWidened "role-widened" Writer Dangerous None NoMapping NoMapping ROLES
        "Who has the role may do more.";
    RoleNarrowed "role-narrowed" Writer Breaking None NoMapping NoMapping ROLES
        "Who has the role may no longer do something.";
    RoleRemoved "role-removed" Writer Breaking None NoMapping NoMapping ROLES
        "The role is gone; who has it and nothing else is locked out.";

    // Consumers
    ReaderFieldRemoved "reader-field-removed" Reader Dangerous MajorVersion NoMapping NoMapping LOG
        "Stored events still have the field, and the new structs pass it over.";
    ReaderTypeChanged "reader-type-changed" Reader Breaking MajorVersion NoMapping NoMapping LOG
        "Stored values may not be readable as the new type.";
    ListBecameSingle "list-became-single" Reader Breaking MajorVersion NoMapping NoMapping LOG
        "Stored events with several values cannot be read.";
    RequiredBecameOptional "required-became-optional" Reader Dangerous MajorVersion NoMapping NoMapping LOG
        "Consumers that count on the field meet events without it.";

    // The crate
    CrateFieldAdded "crate-field-added" Crate Dangerous MajorVersion NoMapping NoMapping SEMVER
        "A struct has a further field: code that writes all fields out, without `..`, no longer compiles.";
    CrateFieldRemoved "crate-field-removed" Crate Breaking MajorVersion NoMapping NoMapping SEMVER
        "Code that names the field no longer compiles.";
    CrateRequirementChanged "crate-requirement-changed" Crate Breaking MajorVersion NoMapping NoMapping SEMVER
        "A field becomes `Option` or ceases to be, and the constructor takes other arguments.";
    CrateTypeChanged "crate-type-changed" Crate Breaking MajorVersion NoMapping NoMapping SEMVER
        "A field has another Rust type.";
    CrateTypeRenamed "crate-type-renamed" Crate Breaking MajorVersion NoMapping NoMapping SEMVER
        "A struct or enum has another name.";
    CrateEnumNarrowed "crate-enum-narrowed" Crate Breaking MajorVersion NoMapping NoMapping SEMVER
        "Code that names the variant no longer compiles.";
    CrateEnumWidened "crate-enum-widened" Crate Info None NoMapping NoMapping SEMVER
        "The enum is `#[non_exhaustive]`, so a further variant breaks nobody.";
}
