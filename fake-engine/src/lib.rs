//! An engine that is none: it speaks enough of the interface of Elasticsearch and OpenSearch to ship to it and to install
//! on it, keeps the ids of documents and not the documents, and fails in the ways that are ordered. For tests and
//! benchmarks; it listens on 127.0.0.1 alone.
//!
//! What it does as an engine does: `create` on an id that the same concrete index has is a conflict (409) and on one that
//! only another index has is not; an alias has one write index; a rollover moves it; a missing index is made when it is
//! written to, unless the request demands an alias; a mapping cannot change a field's type.
//!
//! ```
//! use fake_engine::{FakeEngine, Fault, Mode};
//!
//! let engine = FakeEngine::builder().alias("events").start()?;
//! assert!(engine.url().starts_with("http://127.0.0.1:"));
//!
//! // Two of three bulk requests are refused.
//! engine.set_mode(Mode::of(2, 3, Fault::Status { status: 503, retry_after: None }));
//! assert_eq!(engine.mode().to_string(), "503@2/3");
//! assert_eq!(engine.stats().documents, 0);
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! # Over HTTP
//! | request | what for |
//! | --- | --- |
//! | `POST /_bulk`, `POST /TARGET/_bulk` | `create` and `index` (which is taken for the same); faults strike here |
//! | `GET /_control/stats` | [`Stats`] as JSON |
//! | `PUT /_control/mode` | the body is a [`Mode`] as text |
//! | `POST /_control/rollover/ALIAS` | moves the alias on |
//! | `POST /_control/reset` | forgets documents and counts, keeps indices and aliases |
//! | the endpoints of an installation | component and index templates, policies, pipelines, indices, aliases, mappings |

mod admin;
mod bulk;
mod connection;
mod http;
mod id;
mod mapping;
mod mode;
mod server;
mod state;
mod stats;
mod tls;

pub use mode::{Fault, Mode, ParseModeError};
pub use server::{Builder, FakeEngine, Recording};
pub use stats::Stats;
