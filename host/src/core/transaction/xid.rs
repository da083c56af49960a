//! The names of two-phase transactions.

use std::fmt;
use std::sync::Arc;

use crate::types::{Error, ErrorKind, Result};

/// The maximum bytes of each part of an xid at the server.
const PART_BYTES: usize = 64;

/// The name of a branch: the name from the guest, and the guest's own name as the qualifier, which
/// separates the transactions of different guests. `Display` writes SQL with hexadecimal literals,
/// so nothing in a name needs quoting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Xid {
    name: String,
    qualifier: Arc<str>,
}

impl Xid {
    /// Creates an xid with a name from the guest. Fails with `argument` if the name is empty or too
    /// long.
    pub(crate) fn new(name: String, guest: &str) -> Result<Self> {
        if name.is_empty() || name.len() > PART_BYTES {
            let message = format!("an xid must have 1 to {PART_BYTES} bytes, but this xid has {}", name.len());
            return Err(Error::argument(message));
        }
        Ok(Self { name, qualifier: qualifier(guest) })
    }

    /// Creates an xid with a random name.
    pub(crate) fn random(guest: &str) -> Result<Self> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| {
            Error::new(ErrorKind::InvalidRequest, "this host has no source of random numbers; supply an xid")
        })?;
        Ok(Self { name: format!("wasmysql-{:032x}", u128::from_ne_bytes(bytes)), qualifier: qualifier(guest) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn qualifier(&self) -> &Arc<str> {
        &self.qualifier
    }
}

/// Returns the guest's name, truncated to the server's limit. A truncated name ends with a hash
/// (FNV-1a) of the whole name. The hash is the same in every process.
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
    fn xid_is_displayed_in_hexadecimal() {
        let xid = Xid::new("a'b".to_owned(), "g\\").unwrap();
        assert_eq!(xid.to_string(), "X'612762',X'675c'");
        assert_eq!(Xid::new("x".to_owned(), "").unwrap().to_string(), "X'78',X''");
    }

    #[test]
    fn xid_name_has_1_to_64_bytes() {
        assert!(Xid::new(String::new(), "g").is_err());
        assert!(Xid::new("x".repeat(64), "g").is_ok());
        assert!(Xid::new("x".repeat(65), "g").is_err());
        let (first, second) = (Xid::random("g").unwrap(), Xid::random("g").unwrap());
        assert!(first != second && first.name().len() <= PART_BYTES);
    }

    #[test]
    fn truncated_guest_names_stay_distinct() {
        let (first, second) =
            (qualifier(&format!("{}é1", "é".repeat(40))), qualifier(&format!("{}é2", "é".repeat(40))));
        assert!(first != second && first.len() <= PART_BYTES && second.len() <= PART_BYTES);
        assert_eq!(&*qualifier("plugin"), "plugin");
    }
}
