//! Questions that pick out a few visitors, and those who must not be told of them.

use waymark_model::{Population, Predicate};
use waymark_query::Output;

use super::{Asked, QueryError, ResolvedOver};
use crate::analysis::small_groups::SmallGroups;

impl Asked<'_> {
    /// Refuses the numbers of a few visitors that the question itself picks out, by a filter or by moments of a day, to those
    /// who see no small groups. Those that a filter leaves out are a group too: the total would tell of them. Of whole days
    /// everybody is told, however few came.
    pub(super) fn refuse_a_few(&self, output: &Output) -> Result<(), QueryError> {
        let groups = self.source.small_groups;
        if groups == SmallGroups::Shown || !self.is_narrow {
            return Ok(());
        }
        let picked = output.integrity.visitors;
        let left_out = self.everybody()?.saturating_sub(picked);
        if [picked, left_out].into_iter().all(|group| groups.shows(group)) {
            return Ok(());
        }
        Err(QueryError::FewVisitors)
    }

    /// Visitors of the time, whatever the filter says.
    fn everybody(&self) -> Result<u64, QueryError> {
        let ResolvedOver { range, population } = self.over.clone();
        let population = Population { filter: Predicate::default(), ..population };
        Ok(self.source.run(&ResolvedOver { range, population }, &[])?.integrity.visitors)
    }
}
