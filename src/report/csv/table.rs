//! Comma-separated values as RFC 4180 has them.

/// A table that grows row by row; every row has as many cells as there are titles.
pub(super) struct Csv<const N: usize> {
    text: String,
}

impl<const N: usize> Csv<N> {
    /// With these titles.
    pub(super) fn new(titles: [&str; N]) -> Self {
        let mut csv = Self { text: String::new() };
        csv.row(&titles.map(str::to_owned));
        csv
    }

    pub(super) fn row(&mut self, cells: &[String; N]) {
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                self.text.push(',');
            }
            push(&mut self.text, cell);
        }
        self.text.push_str("\r\n");
    }

    pub(super) fn into_text(self) -> String {
        self.text
    }
}

/// A cell in quotes where it needs them. What a spreadsheet would take for a formula gets an apostrophe before it: then it
/// is text.
fn push(out: &mut String, cell: &str) {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let apostrophe = if is_formula { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) {
        out.push('"');
        out.push_str(apostrophe);
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(apostrophe);
        out.push_str(cell);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be_and_no_formula_is_left() {
        let mut csv = Csv::new(["a", "b"]);
        csv.row(&["one, two".into(), "say \"no\"\nor not".into()]);
        csv.row(&["=HYPERLINK(\"x\")".into(), "-1".into()]);
        csv.row(&["@web".into(), "a=b".into()]);
        let expected = "a,b\r\n\"one, two\",\"say \"\"no\"\"\nor not\"\r\n\"'=HYPERLINK(\"\"x\"\")\",'-1\r\n'@web,a=b\r\n";
        assert_eq!(csv.into_text(), expected);
    }
}
