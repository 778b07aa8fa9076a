//! Where documents go: aliases with their first index and pattern, or a data stream.

use super::names;
use super::resolve::Findings;
use crate::diagnostic::Code;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::input::index::{IndexInput, OpenSearchInput};
use crate::model::{Alias, DataStream, IndexTarget};
use crate::source::Spanned;

/// Suffix of an alias's first index; both engines raise the number with each rollover.
const FIRST: &str = "-000001";

/// Further successors that a pattern must match, so that it does not fail years later: 99,999 rollovers, which are 11 years
/// of one every hour. `ALIAS-0*` covers them and leaves other names alone.
const LATER: &[&str] = &["-000002", "-000010", "-099999"];

/// What Elasticsearch puts around a data stream's name in those of its indices.
const BACKING_BYTES: usize = ".ds--2026.01.01-000001".len();

/// Log names whose component templates Elasticsearch itself has, so that ours would replace them.
const RESERVED: &[&str] = &["data-streams", "ecs", "logs", "metrics", "synthetics", "traces"];

pub(super) fn check_log_name(name: &Spanned<String>, findings: &mut Findings<'_>) {
    if RESERVED.contains(&name.as_str()) {
        let message = format!("Elasticsearch has templates of its own with the name `{}`", name.value);
        findings.error(Code::InvalidIndexName, name.span, message).help("give the log another name").done();
    }
}

pub(super) fn resolve_target(index: &Spanned<IndexInput>, findings: &mut Findings<'_>) -> Option<IndexTarget> {
    let given = [
        index.alias.as_ref().map(|alias| ("alias", alias.span)),
        index.aliases.as_ref().map(|aliases| ("aliases", aliases.span)),
        index.data_stream.as_ref().map(|stream| ("data_stream", stream.span)),
    ];
    let given: Vec<_> = given.into_iter().flatten().collect();
    match given.as_slice() {
        [] => {
            findings
                .error(Code::MissingOption, index.span, "nothing says where documents go")
                .help("add `alias`, `aliases` or `data_stream`")
                .done();
            return None;
        }
        [_] => {}
        [(first, _), rest @ ..] => {
            for (name, span) in rest {
                findings
                    .error(Code::InvalidValue, *span, format!("`{first}` and `{name}` stand together"))
                    .help("keep exactly one of `alias`, `aliases` and `data_stream`")
                    .done();
            }
            return None;
        }
    }
    if let Some(stream) = &index.data_stream {
        return Some(resolve_stream(stream, index, findings));
    }
    if let Some(alias) = &index.alias {
        return Some(IndexTarget::Aliases(vec![resolve_alias(alias, index.pattern.as_ref(), findings)]));
    }
    resolve_aliases(index, findings)
}

/// What the option `opensearch` says of names, in the form of the option `index`; `None` when it says nothing.
pub(super) fn of_opensearch(input: &Spanned<OpenSearchInput>) -> Option<Spanned<IndexInput>> {
    let OpenSearchInput { since: _, alias, aliases, data_stream, pattern, settings: _ } = input.value.clone();
    let says_nothing = alias.is_none() && aliases.is_none() && data_stream.is_none() && pattern.is_none();
    let index = IndexInput { alias, aliases, data_stream, pattern, ..IndexInput::default() };
    (!says_nothing).then(|| Spanned::new(input.span, index))
}

/// Refuses names under which OpenSearch would never delete documents, or take none: Index State Management attaches its
/// policies to no index that is hidden or whose name begins with a dot, data streams excepted (the plugin's
/// `ManagedIndexCoordinator` in 2.7 to 3.8), and a data stream's name must not begin with a dot at all.
pub fn check_opensearch(
    index: &Spanned<IndexInput>,
    opensearch: Option<&Spanned<OpenSearchInput>>,
    diagnostics: &mut Diagnostics,
) {
    let own = opensearch.and_then(of_opensearch);
    let (names, hidden) = own.as_ref().map_or((index, index.hidden), |own| (own, false));
    let mut refuse = |name: &Spanned<String>, code: Code, message: String| {
        let noun = if names.data_stream.is_some() { "data_stream" } else { "alias" };
        let example = name.trim_start_matches('.');
        let help = format!(
            "name it otherwise there, by `opensearch: {{{noun}: {example}}}` in the log file, or generate for \
             Elasticsearch alone with `--engine elasticsearch`"
        );
        diagnostics.push(Diagnostic::error(code, message).at(name.span).help(help));
    };
    if let Some(stream) = names.data_stream.as_ref().filter(|stream| stream.starts_with('.')) {
        let message =
            format!("OpenSearch takes no data stream whose name begins with a dot, as `{}` does", stream.value);
        refuse(stream, Code::InvalidIndexName, message);
    }
    for alias in names.alias.iter().chain(names.aliases.iter().flat_map(|aliases| &aliases.value)) {
        let why = match (alias.starts_with('.'), hidden) {
            (true, _) => "whose names begin with a dot",
            (false, true) => "that are hidden",
            (false, false) => continue,
        };
        let message = format!(
            "OpenSearch would neither roll over nor delete the indices of `{}`: Index State Management manages none {why}",
            alias.value
        );
        refuse(alias, Code::LifecycleConflict, message);
    }
}

fn resolve_stream(stream: &Spanned<String>, index: &IndexInput, findings: &mut Findings<'_>) -> IndexTarget {
    refuse_pattern(index, "a data stream's template matches its name", findings);
    check_name(stream, "data stream", BACKING_BYTES, findings);
    IndexTarget::DataStream(DataStream { name: stream.value.clone() })
}

fn resolve_aliases(index: &IndexInput, findings: &mut Findings<'_>) -> Option<IndexTarget> {
    let aliases = index.aliases.as_ref()?;
    if aliases.is_empty() {
        findings.error(Code::InvalidValue, aliases.span, "the list of aliases is empty").help("name one").done();
        return None;
    }
    refuse_pattern(index, "each of several aliases has its own pattern, `ALIAS-*`", findings);
    let mut resolved: Vec<Alias> = Vec::new();
    for alias in &aliases.value {
        let next = resolve_alias(alias, None, findings);
        if resolved.iter().any(|other| other.name == next.name) {
            let message = format!("the alias `{}` is listed twice", next.name);
            findings.error(Code::DuplicateValue, alias.span, message).help("remove one").done();
            continue;
        }
        if let Some(other) = resolved.iter().find(|other| names::overlap(&other.pattern, &next.pattern)) {
            let message = format!("the patterns `{}` and `{}` match the same indices", other.pattern, next.pattern);
            findings
                .error(Code::OverlappingPatterns, alias.span, message)
                .help("rename one of the aliases so that neither begins with the other and a `-`")
                .done();
        }
        resolved.push(next);
    }
    Some(IndexTarget::Aliases(resolved))
}

fn refuse_pattern(index: &IndexInput, why: &str, findings: &mut Findings<'_>) {
    if let Some(pattern) = &index.pattern {
        findings
            .error(Code::PatternAlias, pattern.span, format!("`pattern` stands without a single alias: {why}"))
            .help("remove `pattern`")
            .done();
    }
}

fn resolve_alias(alias: &Spanned<String>, pattern: Option<&Spanned<String>>, findings: &mut Findings<'_>) -> Alias {
    check_name(alias, "alias", FIRST.len(), findings);
    if let Some(pattern) = pattern {
        check_pattern(pattern, alias, findings);
    }
    Alias {
        name: alias.value.clone(),
        first_index: format!("{}{FIRST}", alias.value),
        pattern: pattern.map_or_else(|| format!("{}-*", alias.value), |pattern| pattern.value.clone()),
    }
}

/// `added`: how many bytes the names of its indices have on top.
fn check_name(name: &Spanned<String>, noun: &str, added: usize, findings: &mut Findings<'_>) {
    let problem = match names::check_name(name) {
        Err(problem) => problem,
        Ok(()) if name.len() + added > names::MAX_BYTES => {
            format!("makes index names longer than {} bytes", names::MAX_BYTES)
        }
        Ok(()) => return,
    };
    let message = format!("the {noun} name `{}` {problem}", name.value);
    let help = "names are lower case, begin with a letter, a digit or a dot, and have none of \\ / * ? \" < > | , # : \
                or space";
    findings.error(Code::InvalidIndexName, name.span, message).help(help).done();
}

fn check_pattern(pattern: &Spanned<String>, alias: &str, findings: &mut Findings<'_>) {
    let help = format!("leave `pattern` out: it is `{alias}-*` then");
    if let Err(problem) = names::check_pattern(pattern) {
        let message = format!("the pattern `{}` {problem}", pattern.value);
        findings.error(Code::InvalidIndexName, pattern.span, message).help(help).done();
        return;
    }
    let unmatched =
        std::iter::once(&FIRST).chain(LATER).find(|suffix| !names::matches(pattern, &format!("{alias}{suffix}")));
    if let Some(suffix) = unmatched {
        let message = format!("the pattern `{}` does not match the index `{alias}{suffix}`", pattern.value);
        findings.error(Code::PatternAlias, pattern.span, message).help(help).done();
    } else if names::matches(pattern, alias) {
        let message = format!("the pattern `{}` also matches the alias `{alias}`", pattern.value);
        findings
            .error(Code::PatternAlias, pattern.span, message)
            .help("an index made under the alias's name by mistake would look right; let the pattern demand the `-`")
            .done();
    }
}
