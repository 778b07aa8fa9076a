//! The tests of the runtime half: everything through the public interface, over one small log.

mod example;
