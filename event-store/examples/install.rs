//! Installs a log's generated files on an engine and prints what was done.
//!
//! `cargo run -p event-store --example install -- http://127.0.0.1:9200 generated/kibana-event-log/opensearch`; `--without-policy`
//! leaves the lifecycle policy out, for an engine without lifecycle management. A third argument is the number of installers
//! that do the same at once.

use std::env;
use std::error::Error;
use std::process::ExitCode;
use std::thread;

use event_store::{Bundle, HttpTransport, Installer};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let mut arguments: Vec<String> = env::args().skip(1).collect();
    let is_without_policy = arguments.extract_if(.., |argument| argument == "--without-policy").count() > 0;
    let [url, folder, rest @ ..] = arguments.as_slice() else {
        return Err("usage: install [--without-policy] URL FOLDER [INSTALLERS]".into());
    };
    let count: usize = rest.first().map_or(Ok(1), |text| text.parse())?;
    let engine = HttpTransport::builder().host(url).build()?;
    let bundle = Bundle::load(folder)?;
    let installer = Installer::new(if is_without_policy { bundle.without_policy() } else { bundle });
    let results: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..count).map(|_| scope.spawn(|| installer.install(&engine))).collect();
        threads.into_iter().map(|thread| thread.join().expect("installing does not panic")).collect()
    });
    let mut code = ExitCode::SUCCESS;
    for result in results {
        match result {
            Ok(report) => println!("{report}"),
            Err(error) => {
                eprintln!("{error}");
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}
