//! The crate against the fake engine, and the reader of replies against anything.

mod http;
mod install;
mod reply;
