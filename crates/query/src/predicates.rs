//! The predicates of a pass, each standing for one bit of a row's hits.

use waymark_model::{
    Condition, Dimension, Predicate, Test, TextColumn, event::OTHER_NAME, normal::condition,
};

/// The most predicates that one pass can tell apart.
pub(crate) const MOST: usize = 64;

/// Distinct predicates; the position is the bit.
#[derive(Debug, Default)]
pub(crate) struct Predicates {
    all: Vec<Predicate>,
}

impl Predicates {
    /// The bit of a predicate, new or known. Bits from [`MOST`] on are for the planner to refuse.
    pub(crate) fn bit(&mut self, predicate: &Predicate) -> usize {
        let predicate = condition::predicate(predicate.clone());
        self.all.iter().position(|known| *known == predicate).unwrap_or_else(|| {
            self.all.push(predicate);
            self.all.len() - 1
        })
    }

    /// Adds a predicate, with a bit of its own even if it is known.
    pub(crate) fn push(&mut self, predicate: &Predicate) {
        self.all.push(predicate.clone());
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Predicate)> {
        self.all.iter().take(MOST).enumerate().map(|(bit, predicate)| (1 << bit, predicate))
    }

    /// The bits of predicates whose conditions on that dimension hold for the text, in whatever spelling it is stored;
    /// predicates without such a condition hold.
    pub(crate) fn passing(&self, of: &Dimension, text: Option<&str>) -> u64 {
        let text = text.map(|text| condition::shown_in(of, text));
        self.holding(of, |test| test.passes(text.as_deref()))
    }

    /// The same for the own name of an event that is stored under another.
    pub(crate) fn passing_own_name(&self, own: &str) -> u64 {
        self.holding(&Dimension::Column(TextColumn::Name), |test| test.passes_name(OTHER_NAME, own))
    }

    fn holding(&self, of: &Dimension, passes: impl Fn(&Test) -> bool) -> u64 {
        let holds = |condition: &Condition| match condition {
            Condition::Text { of: on, test } => on != of || passes(test),
            Condition::Value { .. } | Condition::Verified => true,
        };
        self.iter().filter(|(_, p)| p.all.iter().all(holds)).fold(0, |bits, (bit, _)| bits | bit)
    }

    /// The dimensions that some predicate looks at, each once.
    pub(crate) fn dimensions(&self) -> Vec<Dimension> {
        let mut found = Vec::new();
        for condition in self.all.iter().flat_map(|predicate| &predicate.all) {
            if let Condition::Text { of, .. } = condition
                && !found.contains(of)
            {
                found.push(of.clone());
            }
        }
        found
    }

    /// Bits of the predicates that look at values or at whether they are verified.
    pub(crate) fn on_numbers(&self) -> u64 {
        let looks = |p: &Predicate| p.all.iter().any(|c| !matches!(c, Condition::Text { .. }));
        self.iter().filter(|(_, p)| looks(p)).fold(0, |bits, (bit, _)| bits | bit)
    }
}

#[cfg(test)]
mod tests {
    use waymark_model::{Test, TextColumn};

    use super::*;

    #[test]
    fn spellings_of_one_page_are_one_predicate() {
        let of = Dimension::Column(TextColumn::Path);
        let page = |path: &str| Predicate::default().and(of.clone(), Test::In(vec![path.to_owned()]));
        let mut predicates = Predicates::default();
        assert_eq!(
            [page("/k%C3%A4se"), page("/käse"), page("/b")].map(|page| predicates.bit(&page)),
            [0, 0, 1]
        );
        for stored in ["/käse", "/k%C3%A4se", "/k%c3%a4se"] {
            assert_eq!(predicates.passing(&of, Some(stored)), 1, "{stored}");
        }
        assert_eq!(predicates.passing(&of, Some("/kase")), 0);
        assert_eq!(predicates.passing(&of, None), 0);
    }
}
