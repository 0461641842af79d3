//! The predicates of a pass, each standing for one bit of a row's hits.

use waymark_model::{Condition, Dimension, Predicate, Test, TextColumn, event::OTHER_NAME};

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
        self.all.iter().position(|known| known == predicate).unwrap_or_else(|| {
            self.all.push(predicate.clone());
            self.all.len() - 1
        })
    }

    pub(crate) fn len(&self) -> usize {
        self.all.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Predicate)> {
        self.all.iter().enumerate().map(|(bit, predicate)| (1 << bit, predicate))
    }

    /// The bits of predicates whose conditions on that dimension hold for the text; predicates without such a condition hold.
    pub(crate) fn passing(&self, of: &Dimension, text: Option<&str>) -> u64 {
        self.holding(of, |test| test.passes(text))
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
