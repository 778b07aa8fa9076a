//! The tests of the runtime, through its public interface.

mod faults;
mod ids;
mod kill;
mod simulation;
