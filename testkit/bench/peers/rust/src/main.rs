//! `bench-peers PEER FOLDER CALLS WARM_UP PACE_NS THREADS [kill]`: makes calls of one front end, each timed by itself,
//! and prints what they took as one line of JSON. With `kill`, the process kills itself with SIGKILL when the last
//! call has returned. The file that is written to is `FOLDER/events.json`, a line for each event.

mod slog_async;
mod tracing_appender;

use std::error::Error;
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// What a call of a front end is given besides what all events share.
pub type Call<'a> = &'a (dyn Fn(u64) + Sync);

/// Sets a front end up, runs the work with its call, and ends it as a program should, so that what it holds is written.
type FrontEnd = fn(&Path, &mut dyn FnMut(Call<'_>)) -> Result<(), Box<dyn Error>>;

struct Plan {
    calls: usize,
    warm_up: u64,
    pace: Duration,
    threads: usize,
    is_killed: bool,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [peer, folder, calls, warm_up, pace, threads, rest @ ..] = arguments.as_slice() else {
        return Err("bench-peers PEER FOLDER CALLS WARM_UP PACE_NS THREADS [kill]".into());
    };
    let front_end: FrontEnd = match peer.as_str() {
        "tracing-appender" => tracing_appender::with,
        "slog-async" => slog_async::with,
        _ => return Err(format!("`{peer}` is no front end").into()),
    };
    let plan = Plan {
        calls: calls.parse()?,
        warm_up: warm_up.parse()?,
        pace: Duration::from_nanos(pace.parse()?),
        threads: threads.parse()?,
        is_killed: rest.iter().any(|word| word == "kill"),
    };
    let mut line = String::new();
    front_end(Path::new(folder), &mut |call| line = run(&plan, call))?;
    println!("{line}");
    Ok(())
}

fn run(plan: &Plan, call: Call<'_>) -> String {
    (0..plan.warm_up).for_each(call);
    let barrier = Barrier::new(plan.threads);
    let began = Instant::now();
    let mut times: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..plan.threads).map(|_| scope.spawn(|| time_calls(plan, call, &barrier))).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("front ends do not panic")).collect()
    });
    let elapsed = began.elapsed();
    if plan.is_killed {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    }
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000];
    format!(
        r#"{{"calls":{},"p50":{},"p99":{},"p999":{},"max":{},"elapsed_ns":{}}}"#,
        times.len(),
        at(500),
        at(990),
        at(999),
        at(1000),
        elapsed.as_nanos()
    )
}

fn time_calls(plan: &Plan, call: Call<'_>, barrier: &Barrier) -> Vec<u64> {
    let mut times = vec![0; plan.calls];
    barrier.wait();
    for (number, time) in times.iter_mut().enumerate() {
        let began = Instant::now();
        call(number as u64);
        let took = began.elapsed();
        *time = u64::try_from(took.as_nanos()).expect("a call is shorter than centuries");
        while began.elapsed() < plan.pace {
            std::hint::spin_loop();
        }
    }
    times
}
