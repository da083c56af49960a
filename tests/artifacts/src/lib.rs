//! The paths of the compiled guest programs of `tests/programs`, one constant per component.

include!(concat!(env!("OUT_DIR"), "/programs.rs"));
