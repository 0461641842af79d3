//! What items of a journey are called, for paths and sequences: `docs/counting.md` 5.

use waymark_model::{Dimension, TextColumn, Trigger};
use waymark_query::LabelBy;

use super::journeys::Item;

/// The label of an item, if it has one.
pub(crate) fn label(by: &LabelBy, item: &Item<'_>) -> Option<String> {
    let column = |column| item.value(&Dimension::Column(column)).map(str::to_owned);
    match by {
        LabelBy::Page => column(TextColumn::Path),
        LabelBy::Event => column(TextColumn::Name).filter(|_| !item.is_reserved()),
        LabelBy::Goals(goals) => {
            goals.iter().find(|goal| item.fills(&goal.trigger)).map(|goal| goal.name.clone())
        }
    }
}

/// The triggers that labels look for.
pub(crate) fn triggers(by: &LabelBy) -> Vec<&Trigger> {
    match by {
        LabelBy::Page | LabelBy::Event => Vec::new(),
        LabelBy::Goals(goals) => goals.iter().map(|goal| &goal.trigger).collect(),
    }
}
