//! How many names of events a site has: past a bound a new name is kept as a property only, so that a flood of names harms no
//! report. It must not know where events come from.

use std::collections::HashSet;

use waymark_model::{Event, TextColumn, event::PAGE_VIEW};

/// Names that a site may have.
pub const MOST_NAMES: usize = 1_000;
/// The name of events whose own is past the bound.
pub const OTHER: &str = "(other)";
/// The property that keeps their own name.
pub const RAW_NAME: &str = "$name";

/// Events that Waymark's own clients send: they are known from the beginning, and not among those counted.
const OWN: [&str; 13] = [
    PAGE_VIEW,
    "$outbound",
    "$download",
    "$form_start",
    "$form_step",
    "$form_submit",
    "$form_abandon",
    "$scroll",
    "$engagement",
    "$video",
    "$social",
    "$copy",
    "$identify",
];

/// The names of a site's events.
#[derive(Debug)]
pub struct EventNames {
    known: HashSet<Box<str>>,
    most: usize,
}

impl EventNames {
    /// A site whose stored events have these names; all of them stay, however many they are.
    pub fn new<'a>(stored: impl IntoIterator<Item = &'a str>) -> Self {
        Self::bounded(stored, MOST_NAMES)
    }

    fn bounded<'a>(stored: impl IntoIterator<Item = &'a str>, most: usize) -> Self {
        let known = stored.into_iter().filter(|name| !is_own(name)).map(Into::into).collect();
        Self { known, most }
    }

    /// Lets the event keep its name if that is known, or one more may be. Otherwise it is called `(other)`, and a property
    /// keeps the name. Says whether it kept its name.
    pub fn admit(&mut self, event: &mut Event) -> bool {
        let name = event.text(TextColumn::Name);
        if is_own(name) || self.known.contains(name) {
            return true;
        }
        if self.known.len() < self.most {
            self.known.insert(name.into());
            return true;
        }
        let name = name.to_owned();
        event.set_text(TextColumn::Name, OTHER);
        event.props.retain(|(key, _)| key != RAW_NAME);
        event.props.push((RAW_NAME.to_owned(), name));
        false
    }
}

fn is_own(name: &str) -> bool {
    OWN.contains(&name) || name == waymark_model::event::REFUND || name == OTHER
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names in their order, and what each event is called then.
    #[track_caller]
    fn check(stored: &[&str], names: &[(&str, &str)]) {
        let mut site = EventNames::bounded(stored.iter().copied(), 3);
        for (name, expected) in names {
            let mut event = Event::new(1, 0, name);
            let kept = site.admit(&mut event);
            assert_eq!((event.text(TextColumn::Name), kept), (*expected, name == expected), "{name}");
            assert_eq!(event.prop(RAW_NAME), (name != expected).then_some(*name));
        }
    }

    #[test]
    fn names_past_the_bound_are_others() {
        check(
            &[],
            &[("a", "a"), ("b", "b"), ("a", "a"), ("c", "c"), ("d", "(other)"), ("d", "(other)"), ("b", "b")],
        );
        check(&["a", "b"], &[("c", "c"), ("d", "(other)"), ("a", "a")]);
        check(&["a", "b", "c", "d"], &[("d", "d"), ("e", "(other)")]);
    }

    #[test]
    fn own_names_are_always_known() {
        check(
            &["a", "b", "c", "pageview", "(other)"],
            &[
                ("pageview", "pageview"),
                ("$refund", "$refund"),
                ("$engagement", "$engagement"),
                ("(other)", "(other)"),
            ],
        );
        check(&["a", "b", "pageview", "$scroll"], &[("c", "c"), ("$made_up", "(other)")]);
    }

    #[test]
    fn a_name_sent_as_the_property_does_not_hide_the_own_one() {
        let mut site = EventNames::bounded([], 0);
        let mut event = Event::new(1, 0, "flood");
        event.props.push((RAW_NAME.to_owned(), "sent".to_owned()));
        assert!(!site.admit(&mut event));
        assert_eq!(event.props, [(RAW_NAME.to_owned(), "flood".to_owned())]);
    }
}
