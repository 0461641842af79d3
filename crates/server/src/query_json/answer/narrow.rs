//! Questions that pick out a few visitors, of whom not everybody may be told.

use waymark_model::{Population, Predicate};

use super::{Asked, QueryError, ResolvedOver};
use crate::analysis::small_groups::SmallGroups;

impl Asked<'_> {
    /// Whether the question itself picks out a few visitors, by a filter or by moments of a day, and whoever asks must not be
    /// told of them. Those that a filter leaves out are a group too: the total would tell of them. Of whole days everybody is
    /// told, however few came.
    pub(super) fn is_about_a_few(&self) -> Result<bool, QueryError> {
        let groups = self.source.small_groups;
        if groups == SmallGroups::Shown || !self.is_narrow {
            return Ok(false);
        }
        let ResolvedOver { range, population } = self.over.clone();
        let everybody = Population { filter: Predicate::default(), ..population };
        let picked = self.visitors(&self.over)?;
        let left_out = self.visitors(&ResolvedOver { range, population: everybody })?.saturating_sub(picked);
        Ok(!(groups.shows(picked) && groups.shows(left_out)))
    }

    fn visitors(&self, over: &ResolvedOver) -> Result<u64, QueryError> {
        Ok(self.source.run(over, &[])?.integrity.visitors)
    }
}
