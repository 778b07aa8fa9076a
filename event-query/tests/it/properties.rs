//! What must hold for every text.

use event_query::kql::{Expression, Node};
use event_query::resolved::Condition;
use event_query::{FieldTable, Query};
use proptest::prelude::*;

use crate::evaluate::holds;
use crate::strategies::{kql, soup};
use crate::support::{conformance, context, fields};

fn resolve(text: &str, fields: &FieldTable) -> Result<Condition, String> {
    let query = Query::new().size(0).kql(text).map_err(|error| error.to_string())?;
    query.resolve(fields, &context()).map(|query| query.condition().clone()).map_err(|error| error.to_string())
}

proptest! {
    #[test]
    fn canonical_text_has_the_same_tree(text in prop_oneof![kql(), soup().boxed()]) {
        if let Ok(expression) = text.parse::<Expression>() {
            let canonical = expression.to_string();
            let again: Expression = canonical.parse().map_err(|error| TestCaseError::fail(format!("{canonical:?}: {error}")))?;
            prop_assert_eq!(again.to_string(), canonical);
            prop_assert_eq!(again, expression);
        }
    }

    #[test]
    fn errors_are_at_a_character_of_the_text(text in soup()) {
        let fields = fields();
        let error = match Query::new().size(0).kql(&text) {
            Ok(query) => query.resolve(&fields, &context()).err(),
            Err(error) => Some(error),
        };
        if let Some(offset) = error.and_then(|error| error.offset()) {
            prop_assert!(text.is_char_boundary(offset.bytes));
            prop_assert_eq!(offset.utf16, text[..offset.bytes].encode_utf16().count());
        }
    }

    #[test]
    fn operators_are_set_operations(left in kql(), right in kql()) {
        let fields = fields();
        let table = conformance();
        let found = |text: &str| -> Result<Vec<bool>, String> {
            let condition = resolve(text, &fields)?;
            let documents = table["documents"].as_object().expect("the table has documents");
            Ok(documents.iter().map(|(id, document)| holds(&condition, document, id)).collect())
        };
        let (Ok(in_left), Ok(in_right)) = (found(&left), found(&right)) else {
            return Err(TestCaseError::fail(format!("{left:?} or {right:?} is refused")));
        };
        let both = found(&format!("({left}) and ({right})"));
        let either = found(&format!("({left}) or ({right})"));
        let without = found(&format!("not ({left})"));
        // Two texts that are permitted may be too deep together.
        prop_assume!(both.is_ok() && either.is_ok() && without.is_ok());
        let pairs = || in_left.iter().zip(&in_right);
        prop_assert_eq!(both, Ok(pairs().map(|(left, right)| *left && *right).collect::<Vec<_>>()));
        prop_assert_eq!(either, Ok(pairs().map(|(left, right)| *left || *right).collect::<Vec<_>>()));
        prop_assert_eq!(without, Ok(in_left.iter().map(|left| !left).collect::<Vec<_>>()));
    }

    #[test]
    fn trees_are_flat(text in kql()) {
        fn check(node: &Node) -> bool {
            match node {
                Node::Or(nodes) | Node::And(nodes) => nodes.len() > 1 && nodes.iter().all(check),
                Node::Not(inner) | Node::Nested { inner, .. } => check(inner),
                Node::Is { .. } | Node::Range { .. } => true,
            }
        }
        let expression: Expression = text.parse().expect("the strategy makes KQL");
        prop_assert!(expression.root().is_none_or(check));
    }
}
