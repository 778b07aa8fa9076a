//! A fake engine: it implements enough of the API of Elasticsearch and OpenSearch to ship to it and to install a log, keeps the
//! ids of documents but not the documents, and injects the faults that it is told to. For tests and benchmarks; it listens only on
//! 127.0.0.1.
//!
//! It behaves like an engine in these respects: `create` with an id that the same concrete index has is a conflict (409), and with
//! one that only another index has is not; an alias has one write index, which a rollover moves; a write to a missing index
//! creates it, unless the request requires an alias; a mapping cannot change a field's type.
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
//! | request | purpose |
//! | --- | --- |
//! | `POST /_bulk`, `POST /TARGET/_bulk` | `create` and `index` (treated in the same way); faults are injected here |
//! | `GET /_control/stats` | [`Stats`] as JSON |
//! | `PUT /_control/mode` | the body is a [`Mode`] as text |
//! | `POST /_control/rollover/ALIAS` | rolls the alias over |
//! | `POST /_control/reset` | clears documents and counts, keeps indices and aliases |
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
