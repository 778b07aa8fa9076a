//! What the log `infra-events` says of its fields, providers and actions, from the generated rules. Has no list of fields.

use ecs_schema::generated::infra_events as log;
use ecs_schema::{FieldRule, Kind, Log as _, LogRules, ProviderAction};

/// The rules of the log.
pub fn rules() -> &'static LogRules {
    log::InfraEvents::RULES
}

/// The rule of a field; for a key below an open object, the object's.
pub fn rule(path: &str) -> Option<&'static FieldRule> {
    let mut object = rules().root();
    let mut names = path.split('.');
    loop {
        let field = object.field(names.next()?)?;
        match field.kind() {
            Kind::Object(inner) | Kind::Nested(inner) if names.clone().next().is_some() => object = inner,
            Kind::Flattened => return Some(field),
            _ => return names.next().is_none().then_some(field),
        }
    }
}

/// Whether a mapping may set a field.
///
/// # Errors
/// Why it may not, in words.
pub fn check_target(path: &str) -> Result<(), String> {
    const COMPUTED: &[&str] =
        &["tags", "ecs.version", "event.created", "event.ingested", "event.provider", "event.dataset", "event.module"];
    const PERSONAL: &[&str] = &["user.email", "user.full_name", "event.original"];
    if COMPUTED.contains(&path) || path.starts_with("change.adapter") {
        return Err(format!("`{path}` is computed and cannot be set"));
    }
    if PERSONAL.contains(&path) {
        return Err(format!("`{path}` would store personal data, and no adapter sets it"));
    }
    match rule(path) {
        Some(field) if field.is_array() || !matches!(field.kind(), Kind::Object(_)) => Ok(()),
        Some(_) => Err(format!("`{path}` is an object; set the fields in it")),
        None => {
            let mut names = Vec::new();
            list_fields(rules().root(), "", &mut names);
            let nearest = names.iter().min_by_key(|name| strsim::damerau_levenshtein(name, path));
            let hint = nearest.filter(|name| strsim::damerau_levenshtein(name, path) <= 3);
            let hint = hint.map(|name| format!("; did you mean `{name}`?")).unwrap_or_default();
            Err(format!("`{path}` is not a field of the log{hint}"))
        }
    }
}

fn list_fields(object: &'static ecs_schema::ObjectRule, prefix: &str, names: &mut Vec<String>) {
    for field in object.fields() {
        let name = format!("{prefix}{}", field.name());
        if let Kind::Object(inner) = field.kind() {
            list_fields(inner, &format!("{name}."), names);
        } else {
            names.push(name);
        }
    }
}

/// The values that a field is restricted to.
pub fn allowed(path: &str) -> Option<&'static [&'static str]> {
    rule(path)?.allowed_values()
}

fn has<A: ProviderAction>(provider: &str, action: Option<&str>) -> bool {
    provider == A::PROVIDER && action.is_none_or(|action| A::ALL.iter().any(|known| known.as_str() == action))
}

fn is_known(provider: &str, action: Option<&str>) -> bool {
    let checks: &[fn(&str, Option<&str>) -> bool] = &[
        has::<log::ArgocdAction>,
        has::<log::CliAction>,
        has::<log::CloudeventsAction>,
        has::<log::FliptAction>,
        has::<log::FluxAction>,
        has::<log::GithubAction>,
        has::<log::GitlabAction>,
        has::<log::JenkinsAction>,
        has::<log::KubernetesAction>,
        has::<log::LaunchdarklyAction>,
        has::<log::LegacyAction>,
        has::<log::PagerdutyAction>,
        has::<log::UnleashAction>,
    ];
    checks.iter().any(|check| check(provider, action))
}

/// Whether a provider is registered.
pub fn is_provider(provider: &str) -> bool {
    is_known(provider, None)
}

/// Whether a pair of provider and action is registered.
pub fn is_registered(provider: &str, action: &str) -> bool {
    is_known(provider, Some(action))
}
