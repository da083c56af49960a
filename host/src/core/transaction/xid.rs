//! The names of two-phase transactions.

use std::fmt;
use std::sync::Arc;

use crate::types::{Error, ErrorKind, Result};

/// Bytes that the server takes for either part.
const PART_BYTES: usize = 64;

/// The name of a branch: what the guest calls it, and the guest's own name as the qualifier, which keeps guests apart. It displays as
/// the server's SQL takes it, in hexadecimal, so that nothing in it needs to be quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Xid {
    name: String,
    qualifier: Arc<str>,
}

impl Xid {
    /// A name that a guest chose.
    pub(crate) fn new(name: String, guest: &str) -> Result<Xid> {
        if name.is_empty() || name.len() > PART_BYTES {
            let message = format!("an xid has 1 to {PART_BYTES} bytes, this one has {}", name.len());
            return Err(Error::argument(message));
        }
        Ok(Xid { name, qualifier: qualifier(guest) })
    }

    /// A name that nobody has.
    pub(crate) fn random(guest: &str) -> Result<Xid> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)
            .map_err(|_| Error::new(ErrorKind::InvalidRequest, "this host has no random numbers; give an xid"))?;
        Ok(Xid { name: format!("wasmysql-{:032x}", u128::from_ne_bytes(bytes)), qualifier: qualifier(guest) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

/// The guest's name, cut to what the server takes. What is cut off is told apart by a hash (FNV-1a), the same in every process.
pub(super) fn qualifier(guest: &str) -> Arc<str> {
    if guest.len() <= PART_BYTES {
        return guest.into();
    }
    let hash = guest
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let kept = (0..=PART_BYTES - 17).rev().find(|&at| guest.is_char_boundary(at)).unwrap_or(0);
    format!("{}-{hash:016x}", &guest[..kept]).into()
}

impl fmt::Display for Xid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "X'{}',X'{}'", Hex(self.name.as_bytes()), Hex(self.qualifier.as_bytes()))
    }
}

struct Hex<'a>(&'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_in_a_name_is_written_in_hexadecimal() {
        let xid = Xid::new("a'b".to_owned(), "g\\").unwrap();
        assert_eq!(xid.to_string(), "X'612762',X'675c'");
        assert_eq!(Xid::new("x".to_owned(), "").unwrap().to_string(), "X'78',X''");
    }

    #[test]
    fn a_name_has_the_length_that_the_server_takes() {
        assert!(Xid::new(String::new(), "g").is_err());
        assert!(Xid::new("x".repeat(64), "g").is_ok());
        assert!(Xid::new("x".repeat(65), "g").is_err());
        let (one, other) = (Xid::random("g").unwrap(), Xid::random("g").unwrap());
        assert!(one != other && one.name().len() <= PART_BYTES);
    }

    #[test]
    fn guests_of_long_names_are_told_apart() {
        let (one, other) = (qualifier(&format!("{}é1", "é".repeat(40))), qualifier(&format!("{}é2", "é".repeat(40))));
        assert!(one != other && one.len() <= PART_BYTES && other.len() <= PART_BYTES);
        assert_eq!(&*qualifier("plugin"), "plugin");
    }
}
