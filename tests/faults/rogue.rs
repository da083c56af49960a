//! Servers that break the rules: rows R1 to R12.
