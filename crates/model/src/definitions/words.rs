//! The words that stand for choices in a definitions file.

use crate::{
    funnel::{Anchor, Entry, Order, Scope, Tally},
    goal::{Counting, Role},
};

/// The words for the values of a choice.
pub(super) type Words<T> = &'static [(&'static str, T)];

pub(super) const ROLES: Words<Role> =
    &[("macro", Role::Macro), ("milestone", Role::Milestone), ("secondary", Role::Secondary)];

pub(super) const COUNTINGS: Words<Counting> = &[
    ("every", Counting::Every),
    ("once_per_session", Counting::OncePerSession),
    ("once_per_visitor", Counting::OncePerVisitor),
    ("once_per_key", Counting::OncePerKey),
];

pub(super) const ORDERS: Words<Order> =
    &[("ordered", Order::Ordered), ("strict", Order::Strict), ("any", Order::Any)];

pub(super) const ANCHORS: Words<Anchor> = &[("any", Anchor::Any), ("first", Anchor::First)];

pub(super) const SCOPES: Words<Scope> = &[("visitor", Scope::Visitor), ("session", Scope::Session)];

pub(super) const ENTRIES: Words<Entry> = &[("closed", Entry::Closed), ("open", Entry::Open)];

pub(super) const TALLIES: Words<Tally> = &[
    ("visitor", Tally::Visitors),
    ("session", Tally::Sessions),
    ("pair", Tally::Pairs),
    ("total", Tally::Entries),
];

/// The word for a value; empty for a value that has none, which no table leaves out.
pub(super) fn word<T: PartialEq>(words: Words<T>, value: &T) -> &'static str {
    words.iter().find(|(_, known)| known == value).map_or("", |(word, _)| word)
}
