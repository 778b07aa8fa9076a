//! What generated enums of actions have in common, for code that treats the providers of all logs alike. Knows no log.

/// An action of one provider of a log: an enum of its own for each provider, so that a misspelling does not compile.
///
/// The generator writes the enum and this implementation.
pub trait ProviderAction: Copy + Eq + 'static {
    /// The provider's name, the value of `event.provider`.
    const PROVIDER: &'static str;

    /// Every action of the provider.
    const ALL: &'static [Self];

    /// The action's name, the value of `event.action`.
    fn as_str(self) -> &'static str;
}
