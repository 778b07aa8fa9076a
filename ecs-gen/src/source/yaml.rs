//! Text to [`Node`] tree, over the events of `saphyr-parser`. Refuses what could hide or cost something: duplicate
//! keys, deep nesting, alias bombs, a second document. Reports; never reads files.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as ParserSpan};

use super::node::{Node, Scalar, Value};
use super::{FileId, SourceFile, Sources, Span, Spanned};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};

/// Deepest nesting that is read; Elasticsearch's own `index.mapping.depth.limit` is 20, and a level takes two here.
pub const MAX_DEPTH: usize = 64;

/// How many nodes anchors and aliases may copy; guards against documents that double themselves.
const MAX_COPIED_NODES: usize = 100_000;

/// Parses the one document of `file`; `None` when a problem was reported that leaves no tree.
pub fn parse_document(sources: &Sources, file: FileId, diagnostics: &mut Diagnostics) -> Option<Node> {
    let source = sources.file(file);
    let mut loader = Loader {
        source,
        parser: Parser::new_from_str(&source.text),
        file,
        diagnostics,
        anchors: HashMap::new(),
        copied: 0,
    };
    loader.load_document()
}

/// Ends the reading of a file; what is wrong has been reported.
struct Unreadable;

struct Loader<'t, 'd> {
    source: &'t SourceFile,
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    file: FileId,
    diagnostics: &'d mut Diagnostics,
    anchors: HashMap<usize, Node>,
    copied: usize,
}

impl<'t> Loader<'t, '_> {
    fn load_document(&mut self) -> Option<Node> {
        let mut root = None;
        loop {
            let (event, span) = self.next_event().ok()?;
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(_) if root.is_some() => {
                    let problem = Diagnostic::error(Code::YamlSyntax, "the file holds a second document")
                        .at(self.place(span))
                        .help("keep one document per file");
                    self.diagnostics.push(problem);
                    return None;
                }
                Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
                event => root = Some(self.load_node(event, span, 0).ok()?),
            }
        }
        if root.is_none() {
            let problem = Diagnostic::error(Code::YamlSyntax, "the file is empty").at(self.file.start());
            self.diagnostics.push(problem);
        }
        root
    }

    fn next_event(&mut self) -> Result<(Event<'t>, ParserSpan), Unreadable> {
        match self.parser.next_event() {
            Some(Ok((event, span))) => Ok((event, span)),
            Some(Err(error)) => {
                let marker = error.marker();
                let span = Span { file: self.file, line: count(marker.line()), column: count(marker.col() + 1) };
                // The parser gives up on brackets before they are counted here, when it looks ahead for a key's colon.
                if error.info() == "recursion limit exceeded" {
                    return Err(self.too_deep(span));
                }
                let problem = Diagnostic::error(Code::YamlSyntax, error.info().to_owned()).at(span);
                self.diagnostics.push(problem.maybe_help(help_for(self.source, span)));
                Err(Unreadable)
            }
            None => Ok((Event::StreamEnd, ParserSpan::empty(saphyr_parser::Marker::new(0, 1, 0)))),
        }
    }

    fn load_node(&mut self, event: Event<'t>, span: ParserSpan, depth: usize) -> Result<Node, Unreadable> {
        let place = self.place(span);
        if depth > MAX_DEPTH {
            return Err(self.too_deep(place));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                (Value::Scalar(Scalar { text: text.into_owned(), plain }), anchor)
            }
            Event::SequenceStart(anchor, _) => (self.load_list(depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.load_map(depth)?, anchor),
            Event::Alias(anchor) => return self.load_alias(anchor, place, depth),
            _ => (Value::Scalar(Scalar { text: String::new(), plain: true }), 0),
        };
        let node = Node { span: place, value };
        if anchor != 0 {
            // The copy that is kept counts as well: a hundred anchors around a large list would copy it a hundred times.
            self.count_copied(count_nodes(&node), place)?;
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn load_list(&mut self, depth: usize) -> Result<Value, Unreadable> {
        let mut items = Vec::new();
        loop {
            let (event, span) = self.next_event()?;
            if matches!(event, Event::SequenceEnd) {
                return Ok(Value::List(items));
            }
            items.push(self.load_node(event, span, depth + 1)?);
        }
    }

    fn load_map(&mut self, depth: usize) -> Result<Value, Unreadable> {
        let mut entries: Vec<(Spanned<String>, Node)> = Vec::new();
        let mut lines: HashMap<String, u32> = HashMap::new();
        loop {
            let (event, span) = self.next_event()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Value::Map(entries));
            }
            let key = self.load_key(event, span)?;
            let (event, span) = self.next_event()?;
            let value = self.load_node(event, span, depth + 1)?;
            if let Some(first) = lines.get(&key.value) {
                let message = format!("the key `{}` stands twice in one mapping", key.value);
                let help = format!("it already stands in line {first}: merge the two, or remove one");
                self.diagnostics.push(Diagnostic::error(Code::DuplicateKey, message).at(key.span).help(help));
            } else {
                lines.insert(key.value.clone(), key.span.line);
                entries.push((key, value));
            }
        }
    }

    fn load_key(&mut self, event: Event<'t>, span: ParserSpan) -> Result<Spanned<String>, Unreadable> {
        let place = self.place(span);
        if let Event::Scalar(text, ..) = event {
            return Ok(Spanned::new(place, text.into_owned()));
        }
        self.diagnostics.push(Diagnostic::error(Code::YamlSyntax, "a key must be text").at(place));
        Err(Unreadable)
    }

    fn load_alias(&mut self, anchor: usize, place: Span, depth: usize) -> Result<Node, Unreadable> {
        let Some(node) = self.anchors.get(&anchor) else {
            let message = "an alias points to an anchor that is not complete";
            self.diagnostics.push(Diagnostic::error(Code::YamlSyntax, message).at(place));
            return Err(Unreadable);
        };
        if depth + height(node) > MAX_DEPTH {
            return Err(self.too_deep(place));
        }
        let node = node.clone();
        self.count_copied(count_nodes(&node), place)?;
        Ok(node)
    }

    fn too_deep(&mut self, place: Span) -> Unreadable {
        let problem = Diagnostic::error(Code::TooDeep, format!("nested deeper than {MAX_DEPTH} levels")).at(place);
        self.diagnostics.push(problem.help("no input needs a tenth of that; is a bracket or an indentation wrong?"));
        Unreadable
    }

    fn count_copied(&mut self, nodes: usize, place: Span) -> Result<(), Unreadable> {
        self.copied += nodes;
        if self.copied <= MAX_COPIED_NODES {
            return Ok(());
        }
        let message = format!("anchors and aliases copy more than {MAX_COPIED_NODES} nodes");
        let problem = Diagnostic::error(Code::TooLarge, message).at(place);
        self.diagnostics.push(problem.help("write out what is repeated, or repeat less"));
        Err(Unreadable)
    }

    fn place(&self, span: ParserSpan) -> Span {
        Span { file: self.file, line: count(span.start.line()), column: count(span.start.col() + 1) }
    }
}

/// What the usual slips in YAML look like at the place where the parser stops.
fn help_for(source: &SourceFile, span: Span) -> Option<String> {
    let line = source.line(span.line)?;
    let rest = line.trim_start();
    if line[..line.len() - rest.len()].contains('\t') {
        return Some("indent with spaces: YAML forbids tabs there".to_owned());
    }
    if matches!(line.chars().nth(span.column.saturating_sub(1) as usize), Some('@' | '`')) {
        return Some("put quotes around it, as in `\"@timestamp\"`: YAML reserves a plain `@`".to_owned());
    }
    rest.contains(": *").then(|| "put quotes around it, as in `'*'`: a plain `*` begins an alias".to_owned())
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

fn count_nodes(node: &Node) -> usize {
    1 + match &node.value {
        Value::Scalar(_) => 0,
        Value::List(items) => items.iter().map(count_nodes).sum(),
        Value::Map(entries) => entries.iter().map(|(_, value)| count_nodes(value)).sum(),
    }
}

fn height(node: &Node) -> usize {
    match &node.value {
        Value::Scalar(_) => 0,
        Value::List(items) => items.iter().map(|item| 1 + height(item)).max().unwrap_or(0),
        Value::Map(entries) => entries.iter().map(|(_, value)| 1 + height(value)).max().unwrap_or(0),
    }
}
