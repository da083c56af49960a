//! Faults of the network between host and server: rows N1 to N13.
