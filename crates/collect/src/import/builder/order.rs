//! Rows that belong to the order of the row before them: shops export an order's further items as rows of their own, with
//! the order's key and nothing of its total.

use waymark_model::{Event, TextColumn};

/// The order of the row before.
#[derive(Debug, Default)]
pub(super) struct LastOrder {
    key: Option<u64>,
    visitor: u64,
    time: i64,
    name: String,
}

impl LastOrder {
    /// Notes an event that was made. Only one with key and value can be gone on with.
    pub(super) fn note(&mut self, event: &Event) {
        self.key = event.key.filter(|_| event.value.is_some());
        if self.key.is_some() {
            (self.visitor, self.time) = (event.visitor, event.time);
            self.name.clear();
            self.name.push_str(event.text(TextColumn::Name));
        }
    }

    /// Whether a row only goes on with that order: it has its key and name, nothing that differs, and no value.
    pub(super) fn goes_on(&self, event: &Event, is_timed: bool) -> bool {
        let has_visitor = event.visitor != waymark_model::event::NO_VISITOR;
        self.key.is_some()
            && event.key == self.key
            && event.value.is_none()
            && event.text(TextColumn::Name) == self.name
            && (!has_visitor || event.visitor == self.visitor)
            && (!is_timed || event.time == self.time)
    }
}
