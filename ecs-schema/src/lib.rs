//! Typed event structs and the validation that they share; knows nothing of YAML, engines or files.
