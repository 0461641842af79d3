//! What is pointed out, and what is not.

use super::{Code, GoalUsage, Lint, Mend, Subject, Usage, lint};
use crate::{Counting, Definitions, Role, SiteDefinition};

/// A site that nothing is to be said about, with what the lines add to it.
fn site(lines: &str) -> SiteDefinition {
    let text = format!(
        "[site.shop]
        timezone = 'UTC'
        [[site.shop.goal]]
        name = 'buy'
        role = 'macro'
        headline = true
        key = true
        value = 'event'
        [[site.shop.goal]]
        name = 'cart'
        role = 'milestone'
        {lines}"
    );
    Definitions::parse(&text).unwrap().sites.remove(0)
}

/// 100 sessions in which the goals were used like that.
fn usage(goals: &[(&str, GoalUsage)]) -> Usage {
    Usage { sessions: 100, goals: goals.iter().map(|(name, usage)| ((*name).to_owned(), *usage)).collect() }
}

const USED: GoalUsage = GoalUsage { sessions: 9, events: 12, conversions: 10, with_key: 12, with_value: 12 };

fn check(site: &SiteDefinition, usage: Option<&Usage>, expected: &[(Code, &str)]) -> Vec<Lint> {
    let lints = lint(site, usage);
    let subject = |lint: &Lint| match &lint.subject {
        Subject::Site => String::new(),
        Subject::Goal(name) | Subject::Funnel(name) => name.clone(),
    };
    let found: Vec<_> = lints.iter().map(|lint| (lint.code, subject(lint))).collect();
    let expected: Vec<_> = expected.iter().map(|(code, subject)| (*code, (*subject).to_owned())).collect();
    assert_eq!(found, expected);
    for lint in &lints {
        assert_eq!(lint.site, "shop");
        assert!(lint.message.ends_with('.') && lint.hint.ends_with('.'), "{lint:?}");
    }
    lints
}

fn goals(role: &str, count: usize) -> String {
    let extra = if role == "macro" { "key = true\nvalue = 'event'\n" } else { "" };
    let goal = |n| format!("[[site.shop.goal]]\nname = 'g{n}'\nrole = '{role}'\n{extra}");
    (0..count).map(goal).collect()
}

#[test]
fn the_headline() {
    check(&site(""), None, &[]);
    let change = |change: fn(&mut SiteDefinition), expected: &[_]| {
        let mut site = site("");
        change(&mut site);
        check(&site, None, expected);
    };
    change(|site| site.goals[0].headline = false, &[(Code::NoHeadline, "")]);
    change(|site| site.goals.clear(), &[(Code::NoHeadline, "")]);
    change(
        |site| {
            let mut other = site.goals[0].clone();
            other.name = "book".to_owned();
            site.goals.push(other);
        },
        &[(Code::SeveralHeadlines, "book")],
    );
    change(|site| site.goals[0].role = Role::Secondary, &[(Code::MicroHeadline, "buy")]);
}

#[test]
fn how_many() {
    check(&site(&goals("macro", 2)), None, &[]);
    check(&site(&goals("macro", 3)), None, &[(Code::TooManyMacros, "")]);
    check(&site(&goals("secondary", 11)), None, &[]);
    check(&site(&goals("secondary", 12)), None, &[(Code::TooManyMicros, "")]);
}

#[test]
fn macros_without_key_or_value() {
    let macro_goal = |lines: &str| site(&format!("[[site.shop.goal]]\nname = 'g'\nrole = 'macro'\n{lines}"));
    let (no_key, no_value) = ((Code::MacroWithoutKey, "g"), (Code::MacroWithoutValue, "g"));
    check(&macro_goal(""), None, &[no_key, no_value]);
    check(&macro_goal("value = '5 EUR'"), None, &[no_key]);
    check(&macro_goal("key = true"), None, &[no_value]);
    check(&macro_goal("counting = 'once_per_visitor'"), None, &[no_value]);
    check(&macro_goal("duration = '60s'\nvalue = '5 EUR'"), None, &[]);
    let seen = check(&macro_goal(""), Some(&usage(&[("g", USED)])), &[no_key, no_value]);
    assert!(seen[0].hint.contains("carry an order key"), "{seen:?}");
    assert!(seen[1].hint.contains("value = \"event\""), "{seen:?}");
}

#[test]
fn what_settles_a_lint() {
    use Mend::{CountOncePerKey, CountOncePerSession, ValueFromEvent};
    let of = |counting: &str, change: fn(&mut GoalUsage), code, expected: &[Mend]| {
        let site = site(&format!("[[site.shop.goal]]\nname = 'g'\nrole = 'macro'\n{counting}"));
        let mut used = USED;
        change(&mut used);
        let found = lint(&site, Some(&usage(&[("g", used)])));
        let found = found.iter().find(|lint| lint.code == code).unwrap();
        assert_eq!(found.mends, expected, "{found:?}");
    };
    of("", |_| (), Code::MacroWithoutKey, &[CountOncePerKey, CountOncePerSession]);
    of("", |used| used.with_key = 0, Code::MacroWithoutKey, &[CountOncePerSession]);
    of(
        "where = { path = '/thanks' }",
        |used| used.with_key = 0,
        Code::MacroWithoutKey,
        &[CountOncePerSession],
    );
    of("", |_| (), Code::MacroWithoutValue, &[ValueFromEvent]);
    of("", |used| used.with_value = 0, Code::MacroWithoutValue, &[]);
    of("key = true", |used| used.with_key = 0, Code::KeyNotSeen, &[CountOncePerSession]);
}

#[test]
fn what_the_data_shows() {
    let one = |name: &str, change: fn(&mut GoalUsage), expected: &[_]| {
        let mut used = USED;
        change(&mut used);
        check(&site(""), Some(&usage(&[(name, used)])), expected);
    };
    one("buy", |_| (), &[]);
    one("buy", |used| used.with_key = 0, &[(Code::KeyNotSeen, "buy")]);
    one("buy", |used| used.with_value = 0, &[(Code::ValueNotSeen, "buy")]);
    one("buy", |used| used.with_key = 1, &[]);
    one("cart", |used| used.with_key = 0, &[]);
    one("cart", |used| used.sessions = 50, &[]);
    one("cart", |used| used.sessions = 51, &[(Code::LooseGoal, "cart")]);
    one("cart", |used| *used = GoalUsage::default(), &[(Code::DeadGoal, "cart")]);
    one("buy", |used| *used = GoalUsage::default(), &[(Code::DeadGoal, "buy")]);
    one("other", |used| *used = GoalUsage::default(), &[]);
}

#[test]
fn few_sessions_show_little() {
    let with = |sessions, used| Usage { sessions, ..usage(&[("cart", used)]) };
    let all = |sessions| GoalUsage { sessions, ..USED };
    check(&site(""), Some(&with(29, all(29))), &[]);
    check(&site(""), Some(&with(30, all(16))), &[(Code::LooseGoal, "cart")]);
    check(&site(""), Some(&with(31, all(16))), &[(Code::LooseGoal, "cart")]);
    check(&site(""), Some(&with(0, GoalUsage::default())), &[]);
    check(&site(""), Some(&with(1, GoalUsage::default())), &[(Code::DeadGoal, "cart")]);
}

#[test]
fn where_funnels_lead() {
    let funnel = |steps: &str| site(&format!("[[site.shop.funnel]]\nname = 'f'\nsteps = {steps}"));
    check(&funnel("['cart', 'buy']"), None, &[]);
    check(&funnel("['cart', { goal = 'buy' }]"), None, &[]);
    check(&funnel("['cart', { event = 'buy', label = 'end' }]"), None, &[]);
    check(&funnel("['view', 'cart']"), None, &[(Code::FunnelWithoutMacro, "f")]);
    check(&funnel("['buy', 'thanks']"), None, &[(Code::FunnelWithoutMacro, "f")]);
    let mut broken = funnel("['view', { goal = 'buy' }]");
    broken.goals[0].name = "purchase".to_owned();
    check(&broken, None, &[(Code::BrokenFunnel, "f")]);
}

#[test]
fn what_matters_most_comes_first() {
    let mut site = site("[[site.shop.funnel]]\nname = 'f'\nsteps = ['view', 'cart']");
    (site.goals[0].headline, site.goals[0].counting) = (false, Counting::Every);
    let expected = [(Code::NoHeadline, ""), (Code::MacroWithoutKey, "buy"), (Code::FunnelWithoutMacro, "f")];
    check(&site, None, &expected);
}

#[test]
fn codes_are_stable() {
    let mut site = site("");
    site.goals.clear();
    let text = serde_json::to_string(&lint(&site, None)).unwrap();
    assert!(
        text.starts_with(r#"[{"code":"no_headline","severity":"error","site":"shop","subject":"site","#),
        "{text}"
    );
}
