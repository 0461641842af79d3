//! The names that events were sent under, as predicates look at them. An event that came when the site had too many names is
//! stored as `(other)` and keeps its own name in a property: a goal on that name counts it all the same.

use waymark_model::{
    Dimension, TextColumn,
    event::{OTHER_NAME, RAW_NAME},
};
use waymark_store::columns::{Codes, Columns, ColumnsError, Dictionary, TextCodes};

/// A column's texts as predicates look at them.
pub(crate) struct Texts {
    pub(crate) text: TextCodes,
    /// From this code on, texts are own names of events that are stored as `(other)`.
    pub(crate) own_from: usize,
}

/// A dimension's texts as predicates look at them.
pub(crate) fn texts(columns: &dyn Columns, of: &Dimension) -> Result<Option<Texts>, ColumnsError> {
    let Some(text) = columns.text(of)? else { return Ok(None) };
    let own_from = text.dictionary.texts().len();
    if *of != Dimension::Column(TextColumn::Name) {
        return Ok(Some(Texts { text, own_from }));
    }
    let other = (0_u32..).zip(text.dictionary.texts()).find(|(_, text)| *text == OTHER_NAME);
    let own = match other {
        Some((other, _)) => {
            let own = columns.text(&Dimension::Property(RAW_NAME.to_owned()))?;
            own.and_then(|own| with_own(&text, other, &own))
        }
        None => None,
    };
    Ok(Some(Texts { text: own.unwrap_or(text), own_from }))
}

/// The names, with `own` in the place of those that have the code `other`.
fn with_own(names: &TextCodes, other: u32, own: &TextCodes) -> Option<TextCodes> {
    let (known, more) = (names.dictionary.texts(), own.dictionary.texts());
    let texts: Vec<&str> = known.iter().chain(more.iter().skip(1)).collect();
    let beyond = u32::try_from(known.len()).ok()?.checked_sub(1)?;
    let rows = names.codes.len();
    let code = |row| match (names.codes.get(row), own.codes.get(row)) {
        (code, own) if code == other && own != 0 => beyond + own,
        (code, _) => code,
    };
    let codes = Codes::narrow((0..rows).map(code), rows, texts.len());
    Some(TextCodes { codes, dictionary: Dictionary::new(texts)? })
}
