//! The providers and the actions that each may log. Owns the list; knows neither events nor loggers.
//!
//! A lookup takes no lock and allocates nothing: providers are only ever appended, so a concurrent reader always sees a complete
//! list.

use std::sync::OnceLock;

/// The providers and their actions.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    first: Link,
}

type Link = OnceLock<Box<Entry>>;

#[derive(Debug)]
struct Entry {
    provider: Name,
    actions: Box<[Name]>,
    next: Link,
}

/// A name, as text and as JSON.
#[derive(Debug)]
struct Name {
    text: String,
    json: Vec<u8>,
}

impl Name {
    fn new(text: &str) -> Self {
        let json = serde_json::to_vec(text).expect("a string can be written as JSON");
        Self { text: text.to_owned(), json }
    }
}

impl Registry {
    /// Adds a provider with its actions.
    ///
    /// # Errors
    /// When `actions` is empty, or the provider is already registered; then its actions are unchanged.
    pub(crate) fn register<'a>(
        &self,
        provider: &str,
        actions: impl IntoIterator<Item = &'a str>,
    ) -> Result<(), RegisterError> {
        let mut names: Vec<&str> = actions.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        if names.is_empty() {
            return Err(RegisterError::NoActions { provider: provider.to_owned() });
        }
        let actions = names.into_iter().map(Name::new).collect();
        let mut entry = Box::new(Entry { provider: Name::new(provider), actions, next: Link::new() });
        let mut link = &self.first;
        loop {
            if let Some(present) = link.get() {
                if present.provider.text == provider {
                    return Err(RegisterError::AlreadyRegistered { provider: provider.to_owned() });
                }
                link = &present.next;
                continue;
            }
            // Another thread may be faster; then the list is longer, and the search continues.
            match link.set(entry) {
                Ok(()) => return Ok(()),
                Err(refused) => entry = refused,
            }
        }
    }

    /// Whether the provider may log the action.
    pub(crate) fn contains(&self, provider: &str, action: &str) -> bool {
        self.entries().any(|entry| {
            entry.provider.text == provider && entry.actions.iter().any(|registered| registered.text == action)
        })
    }

    /// The same for names in JSON form, with quotes and escapes.
    pub(crate) fn contains_json(&self, provider: &[u8], action: &[u8]) -> bool {
        self.entries().any(|entry| {
            entry.provider.json == provider && entry.actions.iter().any(|registered| registered.json == action)
        })
    }

    /// Whether the provider is registered.
    pub(crate) fn has_provider(&self, provider: &str) -> bool {
        self.entries().any(|entry| entry.provider.text == provider)
    }

    /// Each provider with its actions.
    pub(crate) fn list(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.entries()
            .map(|entry| (entry.provider.text.as_str(), entry.actions.iter().map(|action| action.text.as_str())))
    }

    fn entries(&self) -> impl Iterator<Item = &Entry> {
        std::iter::successors(self.first.get(), |entry| entry.next.get()).map(Box::as_ref)
    }
}

/// Why a provider was not registered.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// No action was named.
    #[error("no actions are given for the provider `{provider}`")]
    NoActions {
        /// The provider.
        provider: String,
    },
    /// The provider is already registered; its actions are unchanged.
    #[error("the provider `{provider}` is already registered")]
    AlreadyRegistered {
        /// The provider.
        provider: String,
    },
}
