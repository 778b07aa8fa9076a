//! The bodies of the engines' requests as types, in the form in which they are put and in which the engines give them
//! back. Both targets use them; what differs between the targets is the caller's to decide.

pub(super) mod install;
pub(super) mod mapping;
pub(super) mod meta;
pub(super) mod overrides;
pub(super) mod settings;
pub(super) mod template;
