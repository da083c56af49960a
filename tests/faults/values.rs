//! Values that are odd and legal: row V.
