//! Hostile and broken guests: rows G1 to G26.
