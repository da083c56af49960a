//! Checks the parameters of a call, or rows of parameters, before anything is sent.

use super::limits::Limits;
use super::rules::Rules;
use crate::types::{Error, ErrorKind, Limit, ParameterRows, Result, RowBatch, Value};

/// Parameters of one multi-row statement. The protocol allows 65,535. More than a few thousand save
/// no time, and the server has to parse a longer text.
const STATEMENT_PARAMETERS: usize = 16 * 1024;
/// Bytes of text and parameters of one multi-row statement. A server's default packet is much
/// larger.
const STATEMENT_BYTES: usize = 1024 * 1024;
/// Bytes of the text for the rows of one multi-row statement. The text of the statement itself has
/// the same limit. Together they fit into the longest text that a session caches.
pub(super) const STATEMENT_TEXT_BYTES: usize = 64 * 1024;

/// Parameters of one bulk command. The driver needs about 70 bytes of memory for each, without its
/// text. A round trip for that many takes no measurable part of their time.
const BULK_PARAMETERS: usize = 64 * 1024;
/// Bytes of the packet of one bulk command. The driver holds the packet and the texts in it twice.
const BULK_BYTES: usize = 1024 * 1024;
/// Bytes of a bulk command without its rows and the types of its parameters.
const BULK_HEADER_BYTES: usize = 16;

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

    /// Like `check`, for rows of parameters. Returns the rows too. The limits of the numbers of
    /// rows and columns apply before the host allocates memory for them.
    pub(crate) fn check_rows(self, batch: RowBatch) -> Result<(ParameterRows, usize)> {
        let (columns, allowed) = (ParameterRows::columns_of(&batch)?, self.limits.parameters);
        if columns > allowed {
            return Err(Error::limit(
                Limit::Parameters,
                format!("a row has {columns} parameters, the grant allows {allowed}"),
            ));
        }
        // Rows of NULL and rows without columns use no memory of the guest.
        self.check_sum((batch.rows as usize).saturating_mul(columns.max(1)))?;
        let rows = ParameterRows::new(batch)?;
        if let Some(raw) = rows.raw_column() {
            return Err(Error::new(
                ErrorKind::ValueUnsupported,
                format!("parameter {} is a raw value, which can't be sent; send it as bytes or text", raw + 1),
            ));
        }
        let mut all = 0;
        rows.inspect(|row, column, size| {
            let at = |error: Error| error.context(format!("row {row}, parameter {}", column + 1));
            let size = size.map_err(|defect| at(Error::argument(defect)))?;
            self.check_size(size).map_err(at)?;
            all += size;
            Ok(())
        })?;
        // The buffer can be larger than its parameters, for example if most of them are NULL.
        let bytes = all.max(rows.buffer_bytes());
        self.check_sum(bytes)?;
        Ok((rows, bytes))
    }

    /// Returns the number of rows from `first` on that fit into one statement with `text_bytes` of
    /// text for each row. At least one row if there is a row left.
    pub(crate) fn fitting(self, rows: &ParameterRows, first: usize, text_bytes: usize) -> usize {
        let most = (STATEMENT_PARAMETERS / rows.columns().max(1)).min(STATEMENT_TEXT_BYTES / text_bytes.max(1)).max(1);
        let left = rows.rows().saturating_sub(first);
        let allowed = STATEMENT_BYTES.min(self.packet_bytes / 2);
        let mut bytes = 0;
        let fitting = (first..first + left.min(most))
            .take_while(|row| {
                bytes += text_bytes + rows.row_size(*row);
                bytes <= allowed
            })
            .count();
        fitting.max(left.min(1))
    }

    /// Returns the number of rows from `first` on that fit into one bulk command, which is one
    /// packet. At least one row if there is a row left; one row may not fit.
    pub(crate) fn fitting_bulk(self, rows: &ParameterRows, first: usize) -> usize {
        let columns = rows.columns().max(1);
        let left = rows.rows().saturating_sub(first);
        let allowed = BULK_BYTES.min(self.packet_bytes / 2);
        let mut bytes = BULK_HEADER_BYTES + 2 * columns;
        let fitting = (first..first + left.min(BULK_PARAMETERS / columns))
            .take_while(|row| {
                bytes += rows.bulk_row_size(*row);
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

/// Returns the parameters of `count` rows, row by row.
pub(crate) fn parameters(rows: &ParameterRows, first: usize, count: usize) -> Vec<Value> {
    let mut params = Vec::with_capacity(count * rows.columns());
    (first..first + count).for_each(|row| rows.append_row(row, &mut params));
    params
}
