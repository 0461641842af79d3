//! Whatever is defined can be written and read again, as TOML and as JSON.

use proptest::prelude::*;

use super::arbitrary;
use crate::{Definitions, Money, Predicate, Test, Trigger};

proptest! {
    #[test]
    fn what_is_written_is_read_again(definitions in arbitrary::definitions()) {
        let text = definitions.to_toml();
        prop_assert_eq!(Definitions::parse(&text).map_err(|errors| format!("{errors:#?}\n{text}")), Ok(definitions));
    }

    #[test]
    fn definitions_are_kept_as_json(definitions in arbitrary::definitions()) {
        let text = serde_json::to_string(&definitions).unwrap();
        prop_assert_eq!(serde_json::from_str::<Definitions>(&text).unwrap(), definitions);
    }
}

/// The lines that conditions of a goal are written as.
fn check(predicate: Predicate, expected: &str) {
    let mut definitions =
        Definitions::parse(&super::in_site("[[site.shop.goal]]\nname = 'g'\nrole = 'macro'")).unwrap();
    definitions.sites[0].goals[0].trigger = Trigger::Event(predicate);
    let text = definitions.to_toml();
    let lines: Vec<_> = text.lines().skip_while(|line| !line.starts_with("role")).skip(1).collect();
    assert_eq!(lines.join("\n"), expected);
}

#[test]
fn conditions_are_written_for_people() {
    let of = |text: &str| crate::Dimension::parse(text).unwrap();
    let any = |texts: &[&str]| Test::In(texts.iter().map(|&text| text.to_owned()).collect());
    let event = || Predicate::event("buy");
    check(event(), "event = \"buy\"");
    check(event().and(of("prop.plan"), any(&["a", "b"])), "event = \"buy\"\nprop.plan = [\"a\", \"b\"]");
    let range = event().and(of("prop.n"), Test::AtLeast(1.0)).and(of("prop.n"), Test::AtMost(2.5));
    check(range, "event = \"buy\"\nprop.n = { at_least = 1, at_most = 2.5 }");
    let twice = event().and(of("path"), Test::Like("/a*".into())).and(of("path"), Test::Like("*b".into()));
    check(twice, "event = \"buy\"\npath = \"/a*\"\nwhere = { path = \"*b\" }");
    check(Predicate::default(), "where = {}");
    let euros = Money::parse("50 EUR").unwrap();
    let value = crate::Condition::Value { at_least: Some(euros.amount), at_most: None };
    let all = [vec![value], Predicate::default().and(of("currency"), any(&["EUR"])).all].concat();
    check(Predicate { all }, "amount = { at_least = \"50.00 EUR\" }");
}
