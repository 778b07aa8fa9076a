//! The crate against the fake engine, and the reader of replies against anything.

#[cfg(feature = "http")]
mod http;
mod install;
mod reply;
#[cfg(feature = "http")]
mod tls;
