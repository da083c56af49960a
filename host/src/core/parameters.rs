//! Checks the parameters of a call, or rows of parameters, before anything is sent.

use super::limits::Limits;
use super::rules::Rules;
use crate::types::{ColumnValues, Error, ErrorKind, Limit, Result, RowBatch, Value};

/// Parameters of one multi-row statement. The protocol allows 65,535. More than a few thousand save
/// no time, and the server has to parse a longer text.
const STATEMENT_PARAMETERS: usize = 16 * 1024;
/// Bytes of text and parameters of one multi-row statement. A server's default packet is much
/// larger.
const STATEMENT_BYTES: usize = 1024 * 1024;
/// Bytes of the text for the rows of one multi-row statement. The text of the statement itself has
/// the same limit. Together they fit into the longest text that a session caches.
pub(super) const STATEMENT_TEXT_BYTES: usize = 64 * 1024;

/// The limits of parameters: those of the grant and that of the server's packet.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Allowance<'l> {
    pub(crate) limits: &'l Limits,
    pub(crate) packet_bytes: usize,
}

impl Rules {
    /// Returns the limits of parameters.
    pub(super) fn allowance(&self) -> Allowance<'_> {
        Allowance { limits: &self.grant.limits, packet_bytes: self.packet_bytes }
    }
}

impl Allowance<'_> {
    /// Returns the size of the parameters in bytes. Fails with `limit-exceeded` if there are too
    /// many or if they are too large, and with `argument` or `value-unsupported` if a value can't
    /// be sent.
    pub(crate) fn check(self, params: &[Value]) -> Result<usize> {
        let allowed = self.limits.parameters;
        if params.len() > allowed {
            return Err(Error::limit(
                Limit::Parameters,
                format!("the call has {} parameters, the grant allows {allowed}", params.len()),
            ));
        }
        let mut all = 0;
        for (index, value) in params.iter().enumerate() {
            all += self.check_value(value).map_err(|error| error.context(format!("parameter {}", index + 1)))?;
        }
        self.check_sum(all)?;
        Ok(all)
    }

    /// Like `check`, for rows of parameters.
    pub(crate) fn check_rows(self, rows: &RowBatch) -> Result<usize> {
        rows.check()?;
        let allowed = self.limits.parameters;
        if rows.columns.len() > allowed {
            return Err(Error::limit(
                Limit::Parameters,
                format!("a row has {} parameters, the grant allows {allowed}", rows.columns.len()),
            ));
        }
        // Each value counts before the host allocates memory for it. Rows of NULL and rows without
        // columns use no memory of the guest.
        self.check_sum((rows.rows as usize).saturating_mul(rows.columns.len().max(1)))?;
        if let Some(raw) = rows.columns.iter().position(|column| matches!(column.values, ColumnValues::Raw(_))) {
            return Err(Error::new(
                ErrorKind::ValueUnsupported,
                format!("parameter {} is a raw value, which can't be sent; send it as bytes or text", raw + 1),
            ));
        }
        let mut all = 0;
        for row in 0..rows.rows as usize {
            for column in 0..rows.columns.len() {
                let at = |error: Error| error.context(format!("row {row}, parameter {}", column + 1));
                let size = rows.inspect(row, column).map_err(|defect| at(Error::argument(defect)))?;
                self.check_size(size).map_err(at)?;
                all += size;
            }
        }
        self.check_sum(all)?;
        Ok(all)
    }

    /// Returns the number of rows from `first` on that fit into one statement with `text_bytes` of
    /// text for each row. At least one row if there is a row left.
    pub(crate) fn fitting(self, rows: &RowBatch, first: usize, text_bytes: usize) -> usize {
        let columns = rows.columns.len();
        let most = (STATEMENT_PARAMETERS / columns.max(1)).min(STATEMENT_TEXT_BYTES / text_bytes.max(1)).max(1);
        let left = (rows.rows as usize).saturating_sub(first);
        let allowed = STATEMENT_BYTES.min(self.packet_bytes / 2);
        let mut bytes = 0;
        let fitting = (first..first + left.min(most))
            .take_while(|row| {
                bytes += text_bytes + (0..columns).map(|column| rows.size(*row, column)).sum::<usize>();
                bytes <= allowed
            })
            .count();
        fitting.max(left.min(1))
    }

    /// Checks one parameter and returns its size in bytes.
    fn check_value(self, value: &Value) -> Result<usize> {
        if let Value::Raw(raw) = value {
            return Err(Error::new(
                ErrorKind::ValueUnsupported,
                format!("a raw value (type {}) can't be a parameter; send it as bytes or text", raw.type_code),
            ));
        }
        if let Some(defect) = value.defect() {
            return Err(Error::argument(defect));
        }
        let size = value.size();
        self.check_size(size)?;
        Ok(size)
    }

    fn check_size(self, size: usize) -> Result<()> {
        let allowed = self.limits.parameter_bytes;
        // `size` includes up to 4 bytes for the length prefix, which the guest did not send.
        if size > allowed.saturating_add(4) {
            return Err(Error::limit(
                Limit::ParameterBytes,
                format!("a parameter has {size} bytes, {allowed} are allowed"),
            ));
        }
        Ok(())
    }

    fn check_sum(self, bytes: usize) -> Result<()> {
        let allowed = self.limits.all_parameter_bytes.min(self.packet_bytes);
        if bytes > allowed {
            return Err(Error::limit(
                Limit::ParameterBytes,
                format!("the parameters have {bytes} bytes in total, {allowed} are allowed"),
            ));
        }
        Ok(())
    }
}

/// Returns the parameters of `count` rows, row by row. The batch must have passed `check_rows`.
pub(crate) fn parameters(rows: &RowBatch, first: usize, count: usize) -> Result<Vec<Value>> {
    let mut params = Vec::with_capacity(count * rows.columns.len());
    for row in first..first + count {
        for column in 0..rows.columns.len() {
            params.push(rows.value(row, column).map_err(Error::argument)?);
        }
    }
    Ok(params)
}
