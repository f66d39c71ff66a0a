//! Exports: the closed lists around them, and cells that no spreadsheet calculates.

crate::choice! {
    /// What is taken out.
    pub enum ExportKind {
        /// Referrals, as the list shows them.
        Referrals = "referrals",
    }
}

crate::choice! {
    /// How the file is written.
    pub enum ExportFormat {
        /// Comma-separated values (RFC 4180), UTF-8.
        Csv = "csv",
        /// An Office Open XML workbook.
        Xlsx = "xlsx",
    }
}

crate::choice! {
    /// Where an export stands.
    pub enum ExportState {
        /// A worker is to write it.
        Pending = "pending",
        /// It is being written.
        Running = "running",
        /// The whole file left, or waits to be fetched.
        Done = "done",
        /// It was broken off: the reader went away, the right was taken away, or the worker gave up.
        Failed = "failed",
        /// The file had its time and was erased.
        Expired = "expired",
    }
}

/// A cell that no spreadsheet calculates: an apostrophe stands before what could begin a formula.
pub fn plain_cell(text: &str) -> std::borrow::Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}").into() } else { text.into() }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("=1+1", "'=1+1")]
    #[case("+33 6", "'+33 6")]
    #[case("-2", "'-2")]
    #[case("@SUM(A1)", "'@SUM(A1)")]
    #[case("\t=1", "'\t=1")]
    #[case("\r=1", "'\r=1")]
    #[case("a=b", "a=b")]
    #[case("", "")]
    fn no_cell_is_a_formula(#[case] text: &str, #[case] cell: &str) {
        assert_eq!(plain_cell(text), cell);
    }
}
