//! Which names and keys have a place, after floods of others.

use super::*;

fn names(defined: &[&str], decided: &[(&str, Decision)]) -> Vocabulary {
    let mut names = Vocabulary::default();
    names.decide(
        defined.iter().map(|name| (*name).into()).collect(),
        decided.iter().map(|(name, decision)| ((*name).into(), *decision)).collect(),
    );
    names
}

/// Words in their order with who uses them, and whether they have a place: three may.
#[track_caller]
fn check(mut words: Vocabulary, steps: &[(&str, Use, bool)]) {
    for (word, by, expected) in steps {
        assert_eq!(words.admit(word, *by, 3), *expected, "{word} by {by:?}");
    }
    assert!(words.taken() <= 3);
}

use Use::{LeftOut, Public, Trusted};

#[test]
fn words_past_the_bound_have_no_place() {
    let steps = [("a", true), ("b", true), ("a", true), ("c", true), ("d", false), ("d", false), ("b", true)];
    check(Vocabulary::default(), &steps.map(|(word, kept)| (word, Public, kept)));
}

#[test]
fn definitions_and_keyed_senders_have_their_place_after_a_flood() {
    check(
        names(&["purchase"], &[("admitted", Decision::Admitted), ("forgotten", Decision::Forgotten)]),
        &[
            ("1", Public, true),
            ("2", Public, true),
            ("3", Public, true),
            ("4", Public, false),
            ("purchase", Public, true),
            ("admitted", Public, true),
            ("forgotten", Public, false),
            ("paid", Public, false),
            ("paid", Trusted, true),
            // What a sender with a key uses, others may use too.
            ("paid", Public, true),
            ("forgotten", Trusted, true),
            ("forgotten", Public, true),
        ],
    );
}

#[test]
fn events_that_are_left_out_take_no_place_and_are_bounded_too() {
    check(
        Vocabulary::default(),
        &[
            ("t1", LeftOut, true),
            ("t2", LeftOut, true),
            ("t3", LeftOut, true),
            ("t4", LeftOut, false),
            ("t1", Public, true),
            ("a", Public, true),
            ("b", Public, true),
            ("c", Public, false),
            ("t2", Public, false),
            // One of those that moved up left its place.
            ("t4", LeftOut, true),
        ],
    );
}

#[test]
fn a_name_that_is_forgotten_leaves_its_place() {
    let mut words = Vocabulary::default();
    for word in ["a", "b", "c"] {
        words.stored(word, Public);
    }
    words.stored("servers", Trusted);
    assert!(!words.admit("d", Public, 3));
    let forgotten = |word: &str| (word.into(), Decision::Forgotten);
    words.decide(HashSet::new(), HashMap::from(["a", "servers", "never seen"].map(forgotten)));
    assert!(words.admit("d", Public, 3));
    assert!(!words.admit("a", Public, 3));
    assert!(words.admit("servers", Public, 3), "the site's servers use it");
    // What is stored under it does not bring it back.
    words.stored("a", Public);
    assert!(!words.admit("a", Public, 3));
}

#[test]
fn what_is_put_aside_is_kept() {
    let mut words = Words::default();
    for n in 0..MOST_NAMES {
        words.names.stored(&format!("n{n}"), Public);
    }
    for n in 0..MOST_KEYS {
        words.keys.stored(&format!("k{n}"), Public);
    }
    let event = |tag| {
        let mut event = Event::new(1, 0, "flood");
        event.tag = tag;
        event.props = [("k1", "1"), ("new", "2"), ("$clock", "3"), ("also \"new\"", "4")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .to_vec();
        event
    };
    let mut strange = event(Tag::None);
    assert_eq!(words.admit(&mut strange, false), Aside { name: true, properties: true });
    assert_eq!((strange.text(TextColumn::Name), strange.own_name()), (OTHER_NAME, "flood"));
    let props = strange.props.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect::<Vec<_>>();
    let aside = r#"{"also \"new\"":"4","new":"2"}"#;
    assert_eq!(props, [("k1", "1"), ("$clock", "3"), (MORE_PROPERTIES, aside), (RAW_NAME, "flood")]);
    let mut own = Event::new(1, 0, PAGE_VIEW);
    assert_eq!(words.admit(&mut own, false), Aside::default());
    let mut keyed = event(Tag::None);
    assert_eq!(words.admit(&mut keyed, true), Aside::default());
    assert_eq!(keyed, event(Tag::None));
}
