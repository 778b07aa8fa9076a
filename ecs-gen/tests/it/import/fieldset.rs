//! Field sets of the committed release, as selections and extensions name them.

use super::release;

/// The paths of a set's definition.
fn paths(fieldset: &str) -> Vec<String> {
    release().definition_of(fieldset).iter().map(|field| field.path.as_str().to_owned()).collect()
}

#[track_caller]
fn check_definition(fieldset: &str, expected: &str) {
    assert_eq!(paths(fieldset).join(" "), expected);
}

#[test]
fn sets_are_named_as_subset_files_name_them() {
    let release = release();
    for name in ["base", "agent", "event", "gen_ai", "process", "tracing", "trace", "user_agent"] {
        assert!(release.is_fieldset(name), "{name}");
        assert!(release.fieldset_names().contains(name), "{name}");
    }
    for name in ["geo", "os", "hash", "x509", "labels", "@timestamp", "use", "kibana", ""] {
        assert!(!release.is_fieldset(name), "{name}");
        assert!(!release.fieldset_names().contains(name), "{name}");
    }
    assert!(release.definition_names().contains("geo"));
    assert!(!release.definition_names().contains("kibana"));
}

#[test]
fn sets_without_a_name_in_the_document_have_whole_paths() {
    assert!(release().is_rootless("base") && release().is_rootless("tracing") && !release().is_rootless("trace"));
    check_definition("base", "@timestamp labels message tags");
    check_definition("tracing", "span.id trace.id transaction.id");
    check_definition("trace", "id");
}

#[test]
fn a_set_that_is_only_reused_is_taken_from_where_it_is() {
    check_definition(
        "geo",
        "city_name continent_code continent_name country_iso_code country_name location name postal_code \
         region_iso_code region_name timezone",
    );
    check_definition("os", "family full kernel name platform type version");
    check_definition("hash", "cdhash md5 sha1 sha256 sha384 sha512 ssdeep tlsh");
    check_definition("as", "number organization.name");
    check_definition("vlan", "id name");
    assert_eq!(paths("x509").len(), 24);
    assert!(paths("x509").contains(&"issuer.common_name".to_owned()));
    assert!(release().definition_of("os").iter().all(|field| field.original_fieldset.is_none()));
}

#[test]
fn a_set_that_is_reused_under_other_names_is_found_too() {
    check_definition(
        "entity_reference",
        "entity.id host.id host.name service.id service.name user.domain user.email user.id user.name",
    );
}

#[test]
fn a_set_at_the_root_leaves_out_its_nestings_in_itself() {
    let user = paths("user");
    assert_eq!(user.len(), 70);
    assert!(
        ["name", "group.id", "entity.id", "risk.static_level"].iter().all(|path| user.contains(&(*path).to_owned()))
    );
    let nested = |path: &&String| ["changes.", "effective.", "target."].iter().any(|object| path.starts_with(object));
    assert_eq!(user.iter().find(nested), None);

    let process = paths("process");
    assert_eq!(process.len(), 144);
    assert!(
        ["pid", "hash.md5", "tty.char_device.major", "real_user.id"].iter().all(|p| process.contains(&(*p).to_owned()))
    );
    let again = ["entry_leader.", "group_leader.", "parent.", "previous.", "session_leader."];
    assert_eq!(process.iter().find(|path| again.iter().any(|object| path.starts_with(object))), None);
}

#[test]
fn nested_reuse_keeps_the_set_that_it_comes_from() {
    let user = release().definition_of("user");
    let original =
        |path: &str| user.iter().find(|field| field.path.as_str() == path).unwrap().original_fieldset.as_deref();
    assert_eq!(original("name"), None);
    assert_eq!(original("group.id"), Some("group"));
}

#[test]
fn a_definition_has_the_facts_of_its_fields() {
    let geo = release().definition_of("geo");
    let location = geo.iter().find(|field| field.path.as_str() == "location").unwrap();
    assert_eq!(location.field_type.name(), "geo_point");
}

#[test]
fn an_unknown_set_has_no_definition() {
    assert!(paths("kibana").is_empty());
    assert!(paths("").is_empty());
}
