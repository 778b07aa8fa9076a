//! The module of a small log; names, types and rules case by case.
