//! The tests of the runtime, through its public interface.

mod ids;
