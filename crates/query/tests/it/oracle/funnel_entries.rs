//! Re-entry: one event after the other, with all chains of the entry that is under way. `docs/counting.md` 4.3.

use super::chains::{Chain, Rules, Unit};

impl<'a> Rules<'a> {
    /// The chains of each entry, in order of the entries.
    pub(crate) fn entries(&self, unit: &Unit<'a>) -> Vec<Vec<Chain>> {
        let mut entries = Vec::new();
        let mut under_way: Option<Vec<Chain>> = None;
        for place in unit.places() {
            if let Some(mut chains) = under_way.take() {
                let longer = self.taken_on(unit, &chains, place);
                let complete = longer.iter().any(|chain| self.is_complete(chain));
                chains.extend(longer);
                if complete {
                    entries.push(chains);
                    continue;
                }
                if chains.iter().any(|chain| self.can_go_on(unit, chain, place)) {
                    under_way = Some(chains);
                    continue;
                }
                entries.push(chains);
            }
            let anchor = Chain { entered: 0, places: vec![place] };
            if self.is_chain(unit, &anchor) {
                under_way = Some(vec![anchor]);
            }
        }
        entries.extend(under_way);
        entries
    }

    fn is_complete(&self, chain: &Chain) -> bool {
        chain.depth() == self.steps.len()
    }

    /// The chains that come about when this event takes the next step of those there are.
    fn taken_on(&self, unit: &Unit<'a>, chains: &[Chain], place: usize) -> Vec<Chain> {
        let incomplete = chains.iter().filter(|chain| !self.is_complete(chain));
        incomplete.map(|chain| chain.and(place)).filter(|longer| self.is_chain(unit, longer)).collect()
    }

    /// Whether an incomplete chain can go on after the event at this place, which is its own last or a later one.
    fn can_go_on(&self, unit: &Unit<'a>, chain: &Chain, place: usize) -> bool {
        let now = unit.item(place);
        let session_goes_on =
            !self.funnel.within_session() || now.session == unit.item(chain.first()).session;
        !self.is_complete(chain)
            && session_goes_on
            && self.is_in_time(unit, chain, now.time)
            && !self.is_broken(unit, chain, place + 1)
    }
}
