//! What each key of a definitions file means.

use super::parse_site;
use crate::{
    Anchor, CollectSettings, Condition, Counting, Definitions, Dimension, Entry, FunnelError, Goal,
    GoalValue, Order, Predicate, Role, Scope, SiteDefinition, Tally, Test, TextColumn, Trigger, Zone,
    definitions::{FunnelDefinition, ResolveError, StepDefinition, What, parse_steps},
    time::{HOUR, MINUTE},
};

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|&text| text.to_owned()).collect()
}

fn column(of: TextColumn, test: Test) -> Condition {
    Condition::Text { of: Dimension::Column(of), test }
}

fn prop(key: &str, test: Test) -> Condition {
    Condition::Text { of: Dimension::Property(key.to_owned()), test }
}

/// The conditions that the lines state, in a goal called `g`.
fn check_conditions(lines: &str, expected: &[Condition]) {
    let site = parse_site(&format!("[[site.shop.goal]]\nname = \"g\"\nrole = \"macro\"\n{lines}"));
    let expected = Trigger::Event(Predicate { all: expected.to_vec() });
    assert_eq!(site.map(|site| site.goals[0].trigger.clone()), Ok(expected), "{lines}");
}

#[test]
fn conditions() {
    let name = |name: &str| column(TextColumn::Name, Test::In(texts(&[name])));
    let path = |test| column(TextColumn::Path, test);
    check_conditions("", &[name("g")]);
    check_conditions("event = 'x'", &[name("x")]);
    check_conditions("path = '/a'", &[path(Test::In(texts(&["/a"])))]);
    check_conditions("path = '/a*'", &[path(Test::Like("/a*".into()))]);
    check_conditions("path = ['/a', '/b']", &[path(Test::In(texts(&["/a", "/b"])))]);
    check_conditions("path = ['/a*', '/b']", &[path(Test::LikeAny(texts(&["/a*", "/b"])))]);
    check_conditions("path = { in = '/a*' }", &[path(Test::In(texts(&["/a%2A"])))]);
    check_conditions("path = { not_in = ['/a'] }", &[path(Test::NotIn(texts(&["/a"])))]);
    check_conditions("path.starts_with = '/a'", &[path(Test::StartsWith("/a".into()))]);
    check_conditions("path = { ends_with = 'a' }", &[path(Test::EndsWith("a".into()))]);
    check_conditions("path = { contains = 'a' }", &[path(Test::Contains("a".into()))]);
    check_conditions("path = { like = '/a' }", &[path(Test::Like("/a".into()))]);
    check_conditions("path = '/k%c3%a4se'", &[path(Test::In(texts(&["/käse"])))]);
    check_conditions("path = '/k%C3%A4se/*'", &[path(Test::Like("/käse/*".into()))]);
    let host = |test| column(TextColumn::Host, test);
    for text in ["Bücher.Example", "xn--bcher-kva.example"] {
        check_conditions(&format!("host = '{text}'"), &[host(Test::In(texts(&["bücher.example"])))]);
    }
    check_conditions("path = { present = true }", &[path(Test::Present)]);
    check_conditions("path = { present = false }", &[path(Test::Missing)]);
    check_conditions("path = { missing = true }", &[path(Test::Missing)]);
    let range = [prop("n", Test::AtLeast(1.0)), prop("n", Test::AtMost(2.5))];
    check_conditions("prop.n = { at_least = 1, at_most = 2.5 }", &range);
    check_conditions("where = { 'prop.n' = { at_least = 1, at_most = 2.5 } }", &range);
    check_conditions("where = [{ prop.n.at_least = 1 }, { prop.n.at_most = 2.5 }]", &range);
    let mixed = [prop("b", Test::In(texts(&["1"]))), path(Test::Present), prop("a.c", Test::Missing)];
    check_conditions("prop.b = '1'\npath.present = true\nprop.'a.c'.missing = true", &mixed);
    check_conditions("verified = true", &[Condition::Verified]);
    check_conditions("where = {}", &[]);
    let value = |at_least, at_most| Condition::Value { at_least, at_most };
    let euro = column(TextColumn::Currency, Test::In(texts(&["EUR"])));
    check_conditions("amount = { at_least = '50 EUR' }", &[value(Some(5_000), None), euro.clone()]);
    check_conditions("amount = { at_most = 5000 }", &[value(None, Some(5_000))]);
    check_conditions(
        "amount = { at_least = '-1 EUR', at_most = '0.01 EUR' }",
        &[value(Some(-100), Some(1)), euro],
    );
    check_conditions("amount = { present = true }", &[value(None, None)]);
}

fn check_goal(lines: &str, expected: impl FnOnce(&mut Goal)) {
    let site = parse_site(&format!("[[site.shop.goal]]\nname = \"g\"\n{lines}"));
    let mut goal = Goal::on_event("g", Role::Macro);
    expected(&mut goal);
    assert_eq!(site.map(|site| site.goals), Ok(vec![goal]), "{lines}");
}

#[test]
fn goals() {
    check_goal("role = 'macro'", |_| ());
    check_goal("role = 'macro'\nheadline = true", |g| g.headline = true);
    check_goal("role = 'macro'\nkey = true", |g| g.counting = Counting::OncePerKey);
    check_goal("role = 'macro'\nkey = false", |_| ());
    check_goal("role = 'macro'\ncounting = 'once_per_key'", |g| g.counting = Counting::OncePerKey);
    let micro = |role| move |g: &mut Goal| (g.role, g.counting) = (role, Counting::OncePerSession);
    check_goal("role = 'milestone'", micro(Role::Milestone));
    check_goal("role = 'secondary'", micro(Role::Secondary));
    check_goal("role = 'secondary'\ncounting = 'every'", |g| g.role = Role::Secondary);
    check_goal("role = 'macro'\nvalue = 'event'", |g| g.value = Some(GoalValue::FromEvent));
    check_goal("role = 'macro'\nvalue = '1200 JPY'", |g| {
        g.value = Some(GoalValue::Fixed { amount: 1_200, currency: "JPY".into() });
    });
    check_goal("role = 'macro'\nduration = '1m30s'", |g| {
        g.trigger = Trigger::Duration { at_least_ms: 90_000 };
    });
    check_goal("role = 'macro'\npages = 5", |g| g.trigger = Trigger::Pages { at_least: 5 });
}

#[test]
fn sites() {
    let text = "
        [site.two]
        timezone = 'Europe/Berlin'
        session_gap = '1h'
        hosts = ['Shop.example', 'pay.example:8443', 'Bücher.example.']
        query_params = ['ref2', 'Gutschein']
        internal = ['203.0.113.0/24', '2001:db8::1']
        payment_hosts = ['Pay.example']
        [site.7-one_example]
        timezone = 'UTC'";
    let sites = Definitions::parse(text).unwrap().sites;
    assert_eq!(sites.iter().map(|site| site.name.as_str()).collect::<Vec<_>>(), ["two", "7-one_example"]);
    assert_eq!(sites[0].zone, Zone::parse("Europe/Berlin").unwrap());
    assert_eq!(sites.iter().map(|site| site.session_gap_ms).collect::<Vec<_>>(), [HOUR, 30 * MINUTE]);
    assert_eq!(sites[0].hosts, texts(&["shop.example", "pay.example:8443", "xn--bcher-kva.example"]));
    assert!(
        Definitions { sites: sites.clone() }.to_toml().contains("\"bücher.example\""),
        "shown as people write it"
    );
    let collect = CollectSettings {
        query_params: texts(&["ref2", "Gutschein"]),
        internal: ["203.0.113.0/24", "2001:db8::1/128"].map(|text| text.parse().unwrap()).to_vec(),
        payment_hosts: texts(&["pay.example"]),
    };
    assert_eq!((&sites[0].collect, &sites[1].collect), (&collect, &CollectSettings::default()));
    assert_eq!(Definitions::parse(""), Ok(Definitions::default()));
}

#[test]
fn names_of_sites() {
    for good in ["shop", "a", "7-eleven", "my_shop-2", &"x".repeat(64)] {
        assert!(SiteDefinition::is_name(good), "{good}");
    }
    for bad in ["", ".", "..", "-a", "_a", "Shop", "a.b", "a/b", "a b", "é", &"x".repeat(65)] {
        assert!(!SiteDefinition::is_name(bad), "{bad}");
    }
}

#[test]
fn funnels() {
    let text = "
        [[site.shop.goal]]
        name = 'purchase'
        role = 'macro'
        event = 'transaction'
        [[site.shop.funnel]]
        name = 'checkout'
        steps = ['view', { path = '/cart', optional = true, label = 'Cart' }, { goal = 'purchase', within = '1h' }]
        window = '7d'
        scope = 'session'
        count = 'session'
        same = 'prop.item'
        exclude = [{ event = 'error', after = 'view', before = 'purchase' }, 'logout']";
    let site = parse_site(text).unwrap();
    let funnel = site.funnels[0].resolve(&site.goals).unwrap();
    let shown: Vec<_> = funnel.steps.iter().map(|s| (s.label.as_str(), s.optional, s.within_ms)).collect();
    assert_eq!(shown, [("view", false, None), ("Cart", true, None), ("purchase", false, Some(HOUR))]);
    assert_eq!(funnel.steps[0].trigger, Trigger::Event(Predicate::event("view")));
    assert_eq!(funnel.steps[2].trigger, Trigger::Event(Predicate::event("transaction")));
    assert_eq!(funnel.steps[2].goal, Some(site.goals[0].reference()));
    assert_eq!((funnel.order, funnel.anchor, funnel.entry), (Order::Ordered, Anchor::Any, Entry::Closed));
    assert_eq!((funnel.scope, funnel.tally), (Scope::Session, Tally::Sessions));
    assert_eq!((funnel.window_ms, funnel.same), (Some(168 * HOUR), Some(Dimension::Property("item".into()))));
    let between: Vec<_> = funnel.exclusions.iter().map(|e| (e.after, e.before)).collect();
    assert_eq!(between, [(0, 1), (0, 1)]);
}

#[test]
fn a_funnel_follows_its_goals() {
    let funnel = FunnelDefinition::of("f", parse_steps("view > buy").unwrap());
    let mut goal = Goal::on_event("buy", Role::Macro);
    (goal.version, goal.trigger) = (7, Trigger::Event(Predicate::event("transaction")));
    let last = |goals: &[Goal]| funnel.resolve(goals).unwrap().steps.remove(1);
    assert_eq!(last(&[]).trigger, Trigger::Event(Predicate::event("buy")));
    assert_eq!(last(&[goal.clone()]).trigger, goal.trigger);
    assert_eq!(last(&[goal.clone()]).goal, Some(goal.reference()));
}

#[test]
fn a_funnel_without_its_goal_says_so() {
    let steps = ["view", "purchse"].map(|name| StepDefinition::of(What::Goal(name.to_owned())));
    let goals = ["view", "purchase"].map(|name| Goal::on_event(name, Role::Macro));
    let found = FunnelDefinition::of("f", steps.to_vec()).resolve(&goals);
    let place = crate::definitions::Place::Step(1);
    let nearest = Some("purchase".to_owned());
    assert_eq!(found, Err(ResolveError::UnknownGoal { place, goal: "purchse".into(), nearest }));
    let one = FunnelDefinition::of("f", vec![StepDefinition::of(What::Named("view".to_owned()))]);
    assert_eq!(one.resolve(&[]), Err(ResolveError::Choices(FunnelError::Steps(1))));
}

#[test]
fn labels_say_what_a_step_looks_for() {
    let text = "
        [[site.shop.funnel]]
        name = 'f'
        steps = [{ event = 'a', path = '/x' }, { path = '/cart*' }, { pages = 3 }, { name = 'b', label = 'c' }]";
    let site = parse_site(text).unwrap();
    let funnel = site.funnels[0].resolve(&[]).unwrap();
    let labels: Vec<_> = funnel.steps.iter().map(|step| step.label.as_str()).collect();
    assert_eq!(labels, ["a", "/cart*", "step 3", "c"]);
}

#[test]
fn the_reference_page_means_what_it_says() {
    let page = include_str!("../../../../../docs/waymark-toml.md");
    let blocks: Vec<_> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let site = Definitions::parse(blocks[0]).unwrap().sites.remove(0);
    assert_eq!((site.goals.len(), site.funnels.len()), (5, 1));
    assert_eq!(site.headline().map(|goal| goal.name.as_str()), Some("purchase"));
    assert_eq!(site.funnels[0].resolve(&site.goals).unwrap().exclusions[0].before, 1);
    assert_eq!(crate::lints::lint(&site, None), []);
    for block in &blocks[1..] {
        assert!(parse_site(block).is_ok(), "{block}\n{:#?}", parse_site(block));
    }
    assert_eq!(blocks.len(), 3);
}

#[test]
fn the_reference_page_names_every_lint() {
    let page = include_str!("../../../../../docs/waymark-toml.md");
    for code in crate::lints::Code::ALL {
        let name = serde_json::to_value(code).unwrap();
        assert!(page.contains(&format!("`{}`", name.as_str().unwrap())), "{name}");
    }
}
