//! Tables that fit a width.

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// A table with these titles, `width` columns wide at most; the columns from `numbers` on are numbers.
pub(super) fn table(titles: Vec<String>, numbers: usize, width: u16) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_header(titles);
    for column in table.column_iter_mut().skip(numbers) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The table's lines without spaces at their ends, and a line end.
pub(super) fn lines(table: &Table) -> String {
    table.lines().fold(String::new(), |out, line| out + line.trim_end() + "\n")
}

/// Texts, each from a line of its own on, broken between words; what goes on is indented.
pub(super) fn wrapped(texts: &[String], width: u16) -> String {
    texts.iter().map(|text| broken(text, " ", "    ", width)).collect()
}

/// A heading between empty lines, broken between words.
pub(super) fn heading(text: &str, width: u16) -> String {
    format!("\n{}\n", broken(text, "", "", width))
}

fn broken(text: &str, first: &str, further: &str, width: u16) -> String {
    let mut out = first.to_owned();
    let mut column = first.len();
    let mut begins = true;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !begins && column + 1 + length > usize::from(width) {
            out.push('\n');
            out.push_str(further);
            (column, begins) = (further.len(), true);
        }
        let space = if begins { "" } else { " " };
        out.push_str(space);
        out.push_str(word);
        (column, begins) = (column + space.len() + length, false);
    }
    out.push('\n');
    out
}

/// `?` stands for what is not known.
pub(super) fn number(value: Option<u64>) -> String {
    value.map_or_else(|| "?".to_owned(), |value| value.to_string())
}

/// Hundredths as a decimal number.
pub(super) fn hundredths(value: Option<u64>) -> String {
    value.map_or_else(|| "?".to_owned(), |value| format!("{}.{:02}", value / 100, value % 100))
}
