//! Measures what an append costs its caller: `cargo run --release -p event-spool --example append_bench`.
//!
//! Records of 300 bytes into a spool of 1 GiB in a directory of its own below the given one (or the system's for temporary
//! files). Each call is timed by itself, so that each figure has the cost of one clock reading in it; that cost is
//! printed first. Burst: call after call. Paced: 5 µs between calls. The table has nanoseconds.

use std::{
    hint::black_box,
    sync::Barrier,
    time::{Duration, Instant},
};

use event_spool::Spool;

const RECORD: [u8; 300] = [b'x'; 300];
const WARM_UP: usize = 100_000;
const BURST: usize = 500_000;
const PACED: usize = 200_000;
const PACE: Duration = Duration::from_micros(5);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let parent = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, Into::into);
    println!("{:<24} {:>8} {:>8} {:>8} {:>10} {:>12} {:>6}", "", "p50", "p99", "p99.9", "max", "records/s", "late");
    let mut clock: Vec<u64> = (0..BURST).map(|_| nanoseconds(|| ())).collect();
    print_row("clock alone", &mut clock, None, 0);
    for (name, count, pace) in [("burst", BURST, Duration::ZERO), ("paced", PACED, PACE)] {
        for threads in [1, 2] {
            let directory = tempfile::tempdir_in(&parent)?;
            let spool = Spool::builder().open(directory.path())?;
            for _ in 0..WARM_UP {
                spool.append(&RECORD)?;
            }
            let (mut times, elapsed) = run(&spool, threads, count, pace);
            let rate = times.len() as u128 * 1_000_000_000 / elapsed.as_nanos();
            let stats = spool.stats();
            print_row(&format!("{name}, {threads} thread(s)"), &mut times, Some(rate), stats.late_segments);
            if stats.refused > 0 {
                println!("{} appends were refused", stats.refused);
            }
        }
    }
    Ok(())
}

fn run(spool: &Spool, threads: usize, count: usize, pace: Duration) -> (Vec<u64>, Duration) {
    let barrier = Barrier::new(threads);
    let began = Instant::now();
    let times = std::thread::scope(|scope| {
        let work = || {
            let mut times = vec![0; count];
            barrier.wait();
            for time in &mut times {
                let next = Instant::now() + pace;
                *time = nanoseconds(|| drop(black_box(spool.append(black_box(&RECORD)))));
                while Instant::now() < next {
                    std::hint::spin_loop();
                }
            }
            times
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles.into_iter().flat_map(|handle| handle.join().expect("an append does not panic")).collect()
    });
    (times, began.elapsed())
}

fn nanoseconds(call: impl FnOnce()) -> u64 {
    let began = Instant::now();
    call();
    u64::try_from(began.elapsed().as_nanos()).expect("a call is shorter than centuries")
}

fn print_row(name: &str, times: &mut [u64], rate: Option<u128>, late: u64) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000];
    let rate = rate.map_or(String::new(), |rate| rate.to_string());
    println!("{name:<24} {:>8} {:>8} {:>8} {:>10} {rate:>12} {late:>6}", at(500), at(990), at(999), at(1000));
}
