//! The guest programs of `tests/programs`, compiled: the path of each one's component.

include!(concat!(env!("OUT_DIR"), "/programs.rs"));
