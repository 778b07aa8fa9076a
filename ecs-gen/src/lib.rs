//! From declared event logs to mappings, templates, policies and typed Rust.
