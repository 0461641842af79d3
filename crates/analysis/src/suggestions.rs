//! Goals that the kinds of events of a site suggest. It must not count: it is given what there is.

use std::collections::BTreeSet;

use waymark_model::{
    Condition, Counting, Dimension, Goal, GoalValue, Role, SiteDefinition, Test, TextColumn, Trigger,
    event::RESERVED_PREFIX,
};

use crate::inventory::{EventKind, likely_headline};

/// Most suggestions: more are no help to choose.
const MOST: usize = 12;
/// The page view, which everybody has: no goal by itself.
const PAGE_VIEW: &str = "pageview";

/// A goal that could be defined.
#[derive(Clone, Debug, PartialEq)]
pub struct Suggestion {
    /// The goal.
    pub goal: Goal,
    /// The goal as it would be if it were the headline.
    pub as_headline: Goal,
    /// Why it looks like one.
    pub reason: &'static str,
    /// Events that it would match.
    pub events: u64,
}

/// Goals of the kinds that no goal of the site is about, the likeliest headline first.
pub fn suggest(kinds: &[EventKind], site: &SiteDefinition) -> Vec<Suggestion> {
    let known: BTreeSet<&str> = site.goals.iter().flat_map(names).collect();
    let is_new = |kind: &&EventKind| {
        let name = kind.name.as_str();
        name != PAGE_VIEW
            && !name.starts_with(RESERVED_PREFIX)
            && !known.contains(name)
            && site.goal(name).is_none()
    };
    let new: Vec<EventKind> = kinds.iter().filter(is_new).cloned().collect();
    let headline = if site.headline().is_some() { None } else { likely_headline(&new) };
    let others = new.iter().filter(|kind| headline.is_none_or(|headline| headline.name != kind.name));
    headline.map(likely).into_iter().chain(others.map(milestone)).take(MOST).collect()
}

/// Whether most events of the kind have it.
const fn most(kind: &EventKind, count: u64) -> bool {
    2 * count > kind.events
}

/// The goal as the headline. Without order keys it counts once per session, so that a reloaded thank-you page counts once.
fn as_headline(kind: &EventKind) -> Goal {
    let has_key = most(kind, kind.with_key);
    Goal {
        headline: true,
        counting: if has_key { Counting::OncePerKey } else { Counting::OncePerSession },
        value: most(kind, kind.with_value).then_some(GoalValue::FromEvent),
        ..Goal::on_event(&kind.name, Role::Macro)
    }
}

fn likely(kind: &EventKind) -> Suggestion {
    let goal = as_headline(kind);
    let reason = if most(kind, kind.with_key) {
        "its events carry an order key, so each order counts once"
    } else {
        "its events carry a value"
    };
    Suggestion { as_headline: goal.clone(), goal, reason, events: kind.events }
}

fn milestone(kind: &EventKind) -> Suggestion {
    let goal = Goal::on_event(&kind.name, Role::Milestone);
    let reason = "your site sends it, and no goal is about it";
    Suggestion { goal, as_headline: as_headline(kind), reason, events: kind.events }
}

/// The names of events that a goal is limited to.
fn names(goal: &Goal) -> impl Iterator<Item = &str> {
    let predicate = match &goal.trigger {
        Trigger::Event(predicate) => Some(predicate),
        Trigger::Duration { .. } | Trigger::Pages { .. } => None,
    };
    let named =
        predicate.into_iter().flat_map(|predicate| &predicate.all).filter_map(|condition| match condition {
            Condition::Text { of: Dimension::Column(TextColumn::Name), test: Test::In(names) } => Some(names),
            _ => None,
        });
    named.flatten().map(String::as_str)
}

#[cfg(test)]
mod tests {
    use waymark_model::Zone;

    use super::*;

    fn check(goals: &[&str], expected: &[(&str, bool)]) {
        let kind = |name: &str, events, with_key| EventKind {
            name: name.to_owned(),
            events,
            with_key,
            ..EventKind::default()
        };
        let kinds = [
            kind("pageview", 900, 0),
            kind("add_to_cart", 90, 0),
            kind("purchase", 9, 9),
            kind("$refund", 3, 3),
            kind("newsletter", 2, 0),
        ];
        let goals = goals
            .iter()
            .map(|name| Goal { headline: *name == "purchase", ..Goal::on_event(name, Role::Macro) });
        let site = SiteDefinition { goals: goals.collect(), ..SiteDefinition::new("shop", Zone::utc()) };
        let found = suggest(&kinds, &site);
        let found: Vec<_> =
            found.iter().map(|found| (found.goal.name.as_str(), found.goal.headline)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_is_sent_and_no_goal_yet_is_suggested() {
        check(&[], &[("purchase", true), ("add_to_cart", false), ("newsletter", false)]);
        check(&["purchase"], &[("add_to_cart", false), ("newsletter", false)]);
        check(&["purchase", "add_to_cart", "newsletter"], &[]);
    }

    #[test]
    fn a_headline_never_counts_a_reload() {
        let check = |with_key, with_value, counting, value| {
            let kind = EventKind { name: "buy".to_owned(), events: 9, with_key, with_value };
            let found = suggest(&[kind], &SiteDefinition::new("shop", Zone::utc())).remove(0);
            let headline = found.as_headline.clone();
            assert_eq!((headline.counting, headline.value), (counting, value));
            let is_likely = with_key + with_value > 0;
            assert_eq!(found.goal.headline, is_likely);
            assert_eq!(found.goal == found.as_headline, is_likely);
            assert_ne!(found.goal.counting, Counting::Every);
        };
        check(9, 9, Counting::OncePerKey, Some(GoalValue::FromEvent));
        check(9, 0, Counting::OncePerKey, None);
        check(0, 9, Counting::OncePerSession, Some(GoalValue::FromEvent));
        check(4, 9, Counting::OncePerSession, Some(GoalValue::FromEvent));
        check(0, 0, Counting::OncePerSession, None);
    }
}
