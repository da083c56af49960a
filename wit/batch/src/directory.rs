//! The header and the directory at the beginning of a buffer.

use crate::malformed::{Defect, Malformed};

/// The bytes of the header: the number of columns, and a reserved word.
pub(crate) const HEADER: usize = 8;
/// The bytes of one entry of the directory.
pub(crate) const ENTRY: usize = 24;
/// Every buffer begins at a multiple of this number of bytes.
pub(crate) const ALIGNMENT: usize = 8;

/// The entry of a column. Places count from the beginning of the buffer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Entry {
    /// The code of the kind.
    pub(crate) kind: u32,
    /// The place of the bitmap; 0 if no row is NULL.
    pub(crate) validity: u32,
    /// The place of the values or of the offsets; 0 for the kind `null`.
    pub(crate) values: u32,
    /// The place of the bytes; 0 for a kind of fixed width.
    pub(crate) data: u32,
    /// The number of bytes at `data`.
    pub(crate) length: u32,
    pub(crate) reserved: u32,
}

impl Entry {
    pub(crate) fn to_bytes(self) -> [u8; ENTRY] {
        let words = [self.kind, self.validity, self.values, self.data, self.length, self.reserved];
        let mut bytes = [0; ENTRY];
        for (at, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
            *at = word.to_le_bytes();
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; ENTRY]) -> Self {
        let words = bytes.as_chunks().0;
        let word = |index: usize| u32::from_le_bytes(words[index]);
        Self { kind: word(0), validity: word(1), values: word(2), data: word(3), length: word(4), reserved: word(5) }
    }
}

/// Returns the bytes of the header of a batch.
pub(crate) fn header(columns: u32) -> [u8; HEADER] {
    u64::from(columns).to_le_bytes()
}

/// Returns the number of columns that the header of a buffer declares. It reads nothing else, so a
/// reader can apply its limits before it builds anything.
///
/// # Errors
///
/// [`Defect::TooShort`] if the buffer has no room for the directory of so many columns, and
/// [`Defect::Reserved`].
pub fn column_count(data: &[u8]) -> Result<u32, Malformed> {
    let of_buffer = |defect| Malformed { column: None, defect };
    let Some((header, rest)) = data.split_first_chunk::<HEADER>() else {
        return Err(of_buffer(Defect::TooShort { bytes: data.len(), needed: HEADER as u64 }));
    };
    let words = header.as_chunks().0;
    let (columns, reserved) = (u32::from_le_bytes(words[0]), u32::from_le_bytes(words[1]));
    if reserved != 0 {
        return Err(of_buffer(Defect::Reserved(reserved)));
    }
    let entries = u64::from(columns) * ENTRY as u64;
    if entries > rest.len() as u64 {
        return Err(of_buffer(Defect::TooShort { bytes: data.len(), needed: HEADER as u64 + entries }));
    }
    Ok(columns)
}

/// Returns the entries of the directory. The number of columns is that of `column_count`.
pub(crate) fn entries(data: &[u8], columns: u32) -> impl Iterator<Item = Entry> {
    let entries = data.get(HEADER..).unwrap_or_default().as_chunks().0;
    entries.iter().take(columns as usize).map(Entry::from_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_read_as_they_are_written() {
        let entry = Entry { kind: 6, validity: 32, values: 40, data: 56, length: 3, reserved: 0 };
        let data = [header(2).as_slice(), &Entry::default().to_bytes(), &entry.to_bytes()].concat();
        assert_eq!(column_count(&data), Ok(2));
        assert_eq!(entries(&data, 2).collect::<Vec<_>>(), [Entry::default(), entry]);
    }

    #[test]
    fn directory_larger_than_its_buffer_is_rejected() {
        let needed = |data: &[u8]| match column_count(data).map_err(|malformed| malformed.defect) {
            Err(Defect::TooShort { needed, .. }) => Some(needed),
            _ => None,
        };
        assert_eq!(needed(&[0; 7]), Some(8));
        assert_eq!(needed(&header(0)), None);
        assert_eq!(needed(&[header(1).as_slice(), &[0; 23]].concat()), Some(32));
        assert_eq!(needed(&header(u32::MAX)), Some(8 + 24 * u64::from(u32::MAX)));
    }
}
