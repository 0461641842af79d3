//! Cells that a spreadsheet would take for a formula (the OWASP advice on CSV injection): written with a `'` in front,
//! and read without it. Both ways are here, so that whatever is exported is imported again as it was.

use std::borrow::Cow;

/// What formulas begin with.
const BEGINNINGS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The text as a cell that no spreadsheet takes for a formula.
#[must_use]
pub fn guarded(text: &str) -> Cow<'_, str> {
    if is_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// The text of a cell, without the `'` that [`guarded`] puts in front.
#[must_use]
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text) => text,
        _ => cell,
    }
}

/// Whether the text is a formula, or one behind guards, which must be guarded once more to be told from one.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINNINGS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "'=1", "''-1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["", "a=b", "1-2", "'x", "'", "rock 'n' roll"] {
            assert_eq!((guarded(text).as_ref(), unguarded(text)), (text, text));
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_guarded_is_read_as_it_was(text in "['=+@\t\rx -]{0,6}") {
            let cell = guarded(&text);
            assert!(!cell.starts_with(BEGINNINGS));
            assert_eq!(unguarded(&cell), text);
        }
    }
}
