//! Aligned columns without lines.

use anstream::adapter::strip_str;
use unicode_width::UnicodeWidthStr;

use super::style::{MUTED, styled};

/// How a column's cells stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// Rows with their columns aligned, two spaces apart and indented by two; the head, if there is one, is muted.
/// Cells may carry styles. Columns past `align` stand left.
pub(crate) fn table(head: &[&str], align: &[Align], rows: &[Vec<String>]) -> String {
    let head: Vec<String> = head.iter().map(|cell| styled(MUTED, cell)).collect();
    let head = (!head.is_empty()).then_some(head);
    let lines: Vec<&Vec<String>> = head.iter().chain(rows).collect();
    let columns = lines.iter().map(|cells| cells.len()).max().unwrap_or(0);
    let widest = |at: usize| lines.iter().filter_map(|cells| cells.get(at)).map(|cell| width(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|at| widest(at).unwrap_or(0)).collect();
    let mut text = String::new();
    for cells in lines {
        let mut line = String::new();
        for (at, cell) in cells.iter().enumerate() {
            let space = " ".repeat(widths[at].saturating_sub(width(cell)));
            line.push_str("  ");
            match align.get(at) {
                Some(Align::Right) => line.extend([space.as_str(), cell]),
                _ => line.extend([cell.as_str(), &space]),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The columns of a terminal that a text takes, its styles not counted.
fn width(text: &str) -> usize {
    strip_str(text).map(UnicodeWidthStr::width).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_whatever_stands_in_them() {
        let rows =
            [vec!["größe".to_owned(), styled(MUTED, "1")], vec!["商品".to_owned(), "1,000".to_owned()]];
        let text = table(&["name", "n"], &[Align::Left, Align::Right], &rows);
        let plain = strip_str(&text).to_string();
        assert_eq!(plain, "  name       n\n  größe      1\n  商品   1,000\n");
    }
}
