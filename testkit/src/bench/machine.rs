//! What a figure needs beside it to mean something: the machine, in one line.

use std::fs;

/// Processor, cores, kernel, and how much else the machine had to do.
pub fn describe() -> String {
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let kernel = read("/proc/sys/kernel/osrelease");
    format!("{}, {cores} cores, Linux {}", model(&read("/proc/cpuinfo")), kernel.trim())
}

/// The load of the last minute: how many processes wanted a core, these benchmarks included.
pub fn load() -> String {
    read("/proc/loadavg").split(' ').next().unwrap_or("?").to_owned()
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn model(cpuinfo: &str) -> String {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"));
    line.and_then(|line| line.split_once(':')).map_or("unknown processor", |(_, name)| name.trim()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::model;

    #[test]
    fn processor_is_named_as_the_kernel_names_it() {
        assert_eq!(model("processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\nmodel name\t: other\n"), "Some CPU @ 2 GHz");
        assert_eq!(model(""), "unknown processor");
    }
}
