//! What generated enums of actions have in common, for code that treats the providers of all logs alike. Knows no log.

/// An action of one provider of a log: an enum of its own for each provider, so that a misspelling does not compile.
///
/// The generator writes the enum and an [`impl_action!`](crate::impl_action) line.
pub trait ProviderAction: Copy + Eq + 'static {
    /// The provider's name, the value of `event.provider`.
    const PROVIDER: &'static str;

    /// Every action of the provider, each once.
    const ALL: &'static [Self];

    /// The action's name, the value of `event.action`.
    fn as_str(self) -> &'static str;
}

/// Makes a generated enum a [`ProviderAction`]: after it stand the provider's name, then each variant with its action.
///
/// ```
/// use ecs_schema::ProviderAction;
///
/// /// What `actions` writes events for.
/// #[derive(Clone, Copy, Debug, PartialEq, Eq)]
/// pub enum ActionsAction {
///     /// `execute`.
///     Execute,
///     /// `execute-timeout`.
///     ExecuteTimeout,
/// }
///
/// ecs_schema::impl_action!(ActionsAction, "actions", { Execute "execute", ExecuteTimeout "execute-timeout" });
///
/// assert_eq!(ActionsAction::PROVIDER, "actions");
/// assert_eq!(ActionsAction::ExecuteTimeout.as_str(), "execute-timeout");
/// ```
#[macro_export]
macro_rules! impl_action {
    ($action:ty, $provider:literal, { $($variant:ident $name:literal),* $(,)? }) => {
        impl $crate::ProviderAction for $action {
            const PROVIDER: &'static str = $provider;
            const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}
