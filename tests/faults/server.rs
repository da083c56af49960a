//! Faults of the server: rows S1 to S23.
