//! The rows of a column that are not NULL, collected one by one.

/// A bit for each row, 1 if it is not NULL; absent until the first NULL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validity {
    bits: Option<Vec<u8>>,
    rows: usize,
}

impl Validity {
    /// Creates the validity of `rows` rows, none of which is NULL.
    pub fn of_valid(rows: usize) -> Self {
        Self { bits: None, rows }
    }

    /// Returns the number of rows.
    #[inline]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Returns the bitmap as it is in the buffer, or `None` if no row is NULL.
    pub fn bits(&self) -> Option<&[u8]> {
        self.bits.as_deref()
    }

    /// Adds a row that is not NULL.
    #[inline]
    pub fn push_valid(&mut self) {
        if let Some(bits) = &mut self.bits {
            if self.rows.is_multiple_of(8) {
                bits.push(0);
            }
            if let Some(last) = bits.last_mut() {
                *last |= 1 << (self.rows % 8);
            }
        }
        self.rows += 1;
    }

    /// Adds a row that is NULL.
    pub fn push_null(&mut self) {
        let rows = self.rows;
        let bits = self.bits.get_or_insert_with(|| {
            let mut bits = vec![0xff; rows.div_ceil(8)];
            if let (Some(last), used @ 1..) = (bits.last_mut(), rows % 8) {
                *last = (1 << used) - 1;
            }
            bits
        });
        if rows.is_multiple_of(8) {
            bits.push(0);
        }
        self.rows += 1;
    }
}

impl FromIterator<bool> for Validity {
    /// Collects rows: `true` is not NULL.
    fn from_iter<T: IntoIterator<Item = bool>>(rows: T) -> Self {
        let mut validity = Self::default();
        for is_valid in rows {
            if is_valid { validity.push_valid() } else { validity.push_null() }
        }
        validity
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_start_at_the_first_null() {
        let bits = |rows: usize, null: usize| {
            let validity: Validity = (0..rows).map(|row| row != null).collect();
            assert_eq!(validity.rows(), rows);
            validity.bits().map(<[u8]>::to_vec)
        };
        assert_eq!(bits(9, 9), None);
        for null in 0..20 {
            let bits = bits(20, null).unwrap();
            assert_eq!(bits.len(), 3);
            for row in 0..20 {
                assert_eq!(bits[row / 8] & (1 << (row % 8)) == 0, row == null, "null at {null}, row {row}");
            }
        }
    }
}
