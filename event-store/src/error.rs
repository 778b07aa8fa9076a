//! What the error types have in common: they say their causes in their own `Display`, and `Debug` says the same, so that an
//! error that a `main` returns, which is printed by `Debug`, reads as a sentence.

use std::error::Error;
use std::fmt;

/// Displays `: ` and an error with its causes, if there is one. A cause that is already part of the text before it is left out.
pub(crate) struct CauseSuffix<'a>(pub(crate) Option<&'a (dyn Error + 'static)>);

impl<'a> CauseSuffix<'a> {
    pub(crate) fn of<E: Error + 'static>(cause: Option<&'a E>) -> Self {
        Self(cause.map(|cause| cause as &(dyn Error + 'static)))
    }
}

impl fmt::Display for CauseSuffix<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut said = String::new();
        let mut next = self.0;
        while let Some(error) = next {
            let cause = error.to_string();
            if !said.contains(&cause) {
                write!(out, ": {cause}")?;
            }
            (said, next) = (cause, error.source());
        }
        Ok(())
    }
}

/// Implements `Debug` by `Display`.
macro_rules! debug_by_display {
    ($($error:ty),+ $(,)?) => {
        $(impl fmt::Debug for $error {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        })+
    };
}

#[cfg(feature = "http")]
debug_by_display!(crate::BuildError);
debug_by_display!(
    crate::BundleError,
    crate::InstallError,
    crate::PushError,
    crate::ResolveError,
    crate::ResponseError,
    crate::TransportError,
    crate::UnknownMethod,
);
