//! The crate against the fake engine, and the parser of replies against arbitrary bytes.

#[cfg(feature = "http")]
mod http;
mod install;
mod reply;
#[cfg(feature = "http")]
mod tls;
