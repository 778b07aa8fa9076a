//! Which parts run and which are left out: decided from what is installed, before anything runs. Knows no part.

use std::fmt::Write as _;

use anyhow::{Result, bail};

use super::tool::Tool;

/// A part of the task.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) name: &'static str,
    pub(super) needs: &'static [Tool],
    /// Whether it also runs with `--quick`.
    pub(super) is_quick: bool,
    pub(super) run: fn() -> Result<()>,
}

/// What becomes of a part whose tools are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    IsLeftOut,
    Fails,
}

/// What is to be done.
#[derive(Debug)]
pub(super) struct Plan<'p> {
    pub(super) run: Vec<&'p Part>,
    pub(super) left_out: Vec<LeftOut>,
}

/// A part that does not run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LeftOut {
    pub(super) part: &'static str,
    /// The tools that it lacks; empty when it was not asked for.
    pub(super) lacks: Vec<Tool>,
}

/// Decides.
///
/// # Errors
/// When tools are missing and that is to fail; the message has the table.
pub(super) fn plan(
    parts: &[Part],
    is_quick: bool,
    missing: Missing,
    is_installed: impl Fn(Tool) -> bool,
) -> Result<Plan<'_>> {
    let mut plan = Plan { run: Vec::new(), left_out: Vec::new() };
    for part in parts {
        let lacks: Vec<Tool> = part.needs.iter().copied().filter(|tool| !is_installed(*tool)).collect();
        if is_quick && !part.is_quick {
            plan.left_out.push(LeftOut { part: part.name, lacks: Vec::new() });
        } else if lacks.is_empty() {
            plan.run.push(part);
        } else {
            plan.left_out.push(LeftOut { part: part.name, lacks });
        }
    }
    if missing == Missing::Fails && plan.left_out.iter().any(|part| !part.lacks.is_empty()) {
        bail!("what is needed is not installed, and nothing is to be left out\n\n{}", to_table(&plan.left_out));
    }
    Ok(plan)
}

/// The parts that do not run, what each lacks, and the command that brings it; empty when there are none.
pub(super) fn to_table(left_out: &[LeftOut]) -> String {
    let mut table = String::new();
    for LeftOut { part, lacks } in left_out {
        let names: Vec<&str> = lacks.iter().map(|tool| tool.name()).collect();
        let mut packages: Vec<&str> = lacks.iter().map(|tool| tool.package()).collect();
        packages.dedup();
        let (why, how) = if packages.is_empty() {
            ("not with --quick".to_owned(), "cargo xtask test".to_owned())
        } else {
            (format!("needs {}", names.join(", ")), format!("apt-get install {}", packages.join(" ")))
        };
        writeln!(table, "{:>12} {part}: {why} ({how})", "Left out").expect("a string takes everything");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTS: &[Part] = &[
        Part { name: "lints", needs: &[], is_quick: true, run: || Ok(()) },
        Part { name: "packages", needs: &[Tool::Node, Tool::Npm], is_quick: false, run: || Ok(()) },
        Part {
            name: "engines",
            needs: &[Tool::Maven, Tool::OlderJdk, Tool::NewerJdk],
            is_quick: false,
            run: || Ok(()),
        },
    ];

    fn names(plan: &Plan<'_>) -> Vec<&'static str> {
        plan.run.iter().map(|part| part.name).collect()
    }

    #[test]
    fn everything_runs_where_everything_is_installed() {
        for missing in [Missing::IsLeftOut, Missing::Fails] {
            let plan = plan(PARTS, false, missing, |_| true).unwrap();
            assert_eq!(names(&plan), ["lints", "packages", "engines"]);
            assert_eq!(to_table(&plan.left_out), "");
        }
    }

    #[test]
    fn missing_tools_leave_out_and_are_named() {
        let plan = plan(PARTS, false, Missing::IsLeftOut, |tool| tool == Tool::Node).unwrap();
        assert_eq!(names(&plan), ["lints"]);
        assert_eq!(
            to_table(&plan.left_out),
            "    Left out packages: needs npm (apt-get install npm)\n    Left out engines: needs Maven, a JDK of 17 to 23, \
             a JDK of 21 or newer (apt-get install maven openjdk-21-jdk-headless)\n"
        );
    }

    #[test]
    fn missing_tools_fail_with_all() {
        let error = plan(PARTS, false, Missing::Fails, |tool| tool != Tool::Maven).unwrap_err().to_string();
        assert!(error.ends_with("    Left out engines: needs Maven (apt-get install maven)\n"), "{error}");
    }

    #[test]
    fn quick_skips_parts_and_never_fails() {
        for missing in [Missing::IsLeftOut, Missing::Fails] {
            let plan = plan(PARTS, true, missing, |_| false).unwrap();
            assert_eq!(names(&plan), ["lints"]);
            assert_eq!(
                to_table(&plan.left_out),
                "    Left out packages: not with --quick (cargo xtask test)\n    Left out engines: not with --quick (cargo \
                 xtask test)\n"
            );
        }
    }
}
