//! What is wrong in a definitions file: where it points, what it says and what it suggests.

use super::in_site;
use crate::Definitions;

/// Each error of the text: what it points at, its label, and a part of its hint.
fn check_file(text: &str, expected: &[(&str, &str, &str)]) {
    let errors = Definitions::parse(text).err().unwrap_or_default();
    let found: Vec<_> = errors.iter().map(|e| (&text[e.span.clone()], e.label.as_str())).collect();
    let wanted: Vec<_> = expected.iter().map(|(at, label, _)| (*at, *label)).collect();
    assert_eq!(found, wanted, "{text}\n{errors:#?}");
    for (error, (_, _, hint)) in errors.iter().zip(expected) {
        assert!(!error.message.is_empty());
        assert!(error.hint.as_deref().unwrap_or("").contains(hint), "{text}\n{error:#?}");
    }
}

fn check_goal(lines: &str, expected: &[(&str, &str, &str)]) {
    check_file(&in_site(&format!("[[site.shop.goal]]\n{lines}\n")), expected);
}

fn check_funnel(lines: &str, expected: &[(&str, &str, &str)]) {
    let goals = "[[site.shop.goal]]\nname = 'buy'\nrole = 'macro'\n\
                 [[site.shop.goal]]\nname = 'stay'\nrole = 'secondary'\nduration = '60s'\n";
    check_file(&in_site(&format!("{goals}[[site.shop.funnel]]\nname = 'f'\n{lines}\n")), expected);
}

#[test]
fn files_and_sites() {
    check_file("[site.shop\n", &[("", "here", "")]);
    check_file("a = 1\na = 2", &[("a", "here", "")]);
    check_file("[sites.shop]\n", &[("sites", "unknown key", "did you mean `site`?")]);
    check_file("site = 3", &[("3", "this is a number", "[site.NAME]")]);
    check_file("[site.shop]\n", &[("[site.shop]", "no `timezone`", "timezone = \"Europe/Berlin\"")]);
    check_file("[site.'a b']\ntimezone = 'UTC'", &[("'a b'", "no name", "letters")]);
    check_file("[site.Shop]\ntimezone = 'UTC'", &[("Shop", "no name", "small letters")]);
    check_file("[site.'a.b']\ntimezone = 'UTC'", &[("'a.b'", "no name", "small letters")]);
    let site = |lines: &str, expected: &[_]| check_file(&format!("[site.shop]\n{lines}"), expected);
    site("timezone = 'Europe/Berln'", &[("'Europe/Berln'", "unknown zone", "did you mean `Europe/Berlin`?")]);
    site("timezone = 'new york'", &[("'new york'", "unknown zone", "`America/New_York`")]);
    site("timezone = 1", &[("1", "this is a number", "timezone")]);
    site("timezone = 'UTC'\nsesion_gap = '30m'", &[("sesion_gap", "unknown key", "`session_gap`")]);
    site("timezone = 'UTC'\nretention = '25'", &[("'25'", "no time to keep events", "25 months")]);
    site("timezone = 'UTC'\nsession_gap = '30'", &[("'30'", "no duration", "")]);
    site("timezone = 'UTC'\nsession_gap = '0m'", &[("'0m'", "too short", "30m")]);
    site("timezone = 'UTC'\nhosts = 'a'", &[("'a'", "this is a text", "hosts = [")]);
    site(
        "timezone = 'UTC'\nhosts = ['https://a/', 'b', 'B']",
        &[("'https://a/'", "not a host", "name alone"), ("'B'", "named before", "")],
    );
    site(
        "timezone = 'UTC'\ninternal = ['10.0.0.0/8', 'office', '10.0.0.0/8']",
        &[("'office'", "not a network", "203.0.113.0/24"), ("'10.0.0.0/8'", "named before", "")],
    );
    site("timezone = 'UTC'\nquery_params = ['a=b']", &[("'a=b'", "not only a name", "ref2")]);
    site("timezone = 'UTC'\npayment_host = ['a']", &[("payment_host", "unknown key", "`payment_hosts`")]);
    site(
        "timezone = 'UTC'\n[site.shop.goal]\n",
        &[("[site.shop.goal]", "this is a table", "[[site.NAME.goal]]")],
    );
}

#[test]
fn goals() {
    check_goal("", &[("[[site.shop.goal]]", "no `name`", ""), ("[[site.shop.goal]]", "no `role`", "")]);
    check_goal("name = ''\nrole = 'macro'", &[("''", "empty", "purchase")]);
    check_goal("name = ' a'\nrole = 'macro'", &[("' a'", "no name", "without space")]);
    check_goal("name = 'a'\nrole = 'marco'", &[("'marco'", "unknown", "did you mean `macro`?")]);
    check_goal("name = 'a'\nrole = 'goal'", &[("'goal'", "unknown", "macro, milestone, secondary")]);
    check_goal("name = 'a'\nrole = 'macro'\nhead_line = true", &[("head_line", "unknown key", "`headline`")]);
    check_goal("name = 'a'\nrole = 'macro'\nheadline = 1", &[("1", "this is a number", "headline = true")]);
    check_goal(
        "name = 'a'\nrole = 'milestone'\nheadline = true",
        &[("true", "only a macro can be it", "macro")],
    );
    let a =
        |lines: &str, expected: &[_]| check_goal(&format!("name = 'a'\nrole = 'macro'\n{lines}"), expected);
    a("counting = 'once_per_sesion'", &[("'once_per_sesion'", "unknown", "`once_per_session`")]);
    a("key = true\ncounting = 'every'", &[("'every'", "not once per key", "leave one")]);
    a("duration = '60'", &[("'60'", "no duration", "")]);
    a("duration = '0s'", &[("'0s'", "too short", "60s")]);
    a("duration = '60s'\npages = 2", &[("2", "one too many", "two goals")]);
    a("pages = 0", &[("0", "no number of pages", "pages = 5")]);
    a("pages = 2\npath = '/'", &[("path", "a condition on events", "leave either out")]);
    a(
        "pages = 2\nkey = true\nvalue = 'event'",
        &[("true", "no key to count by", "once_per_session"), ("'event'", "no event", "0.50 EUR")],
    );
    a("value = 19.90", &[("19.90", "this is a number", "19.90 EUR")]);
    a("value = '19.90'", &[("'19.90'", "no value", "event")]);
    a("value = '1.50 JPY'", &[("'1.50 JPY'", "no value", "")]);
    a("value = '-1 EUR'", &[("'-1 EUR'", "below zero", "")]);
    a("[[site.shop.goal]]\nname = 'a'\nrole = 'macro'", &[("'a'", "used before", "another name")]);
}

#[test]
fn conditions() {
    let a =
        |lines: &str, expected: &[_]| check_goal(&format!("name = 'a'\nrole = 'macro'\n{lines}"), expected);
    a("pth = '/x'", &[("pth", "unknown key", "did you mean `path`?")]);
    a("prop.x = 10", &[("10", "this is a number", "{ at_least = 10 }")]);
    a("prop = 'x'", &[("'x'", "this is a text", "prop.plan")]);
    a("prop.'' = 'x'", &[("''", "no name", "prop.plan")]);
    a("path = []", &[("[]", "empty", "matches nothing")]);
    a("path = {}", &[("{}", "empty", "write")]);
    a("path = ''", &[("''", "empty", "missing = true")]);
    a("path = ['/a', 3]", &[("3", "this is a number", "\"3\"")]);
    a("path = 'a'", &[("'a'", "matches nothing", "write `/a`")]);
    a("path = ['/a', 'b*']", &[("['/a', 'b*']", "matches nothing", "write `/b*`")]);
    a("path = { not_in = ['/a?b=1'] }", &[("{ not_in = ['/a?b=1'] }", "matches nothing", "write `/a`")]);
    a("path = 'https://a.example/b'", &[("'https://a.example/b'", "matches nothing", "`/b`, and the host")]);
    a("host = 'https://a.example'", &[("'https://a.example'", "matches nothing", "name alone")]);
    a("host = ['a.example', 'b c']", &[("['a.example', 'b c']", "matches nothing", "name alone")]);
    a("path = { begins_with = 'a' }", &[("begins_with", "unknown test", "starts_with")]);
    a("path = { starts_wth = '/a' }", &[("starts_wth", "unknown test", "did you mean `starts_with`?")]);
    a("prop.x = { at_least = '1' }", &[("'1'", "this is a text", "at_least = 10")]);
    a("prop.x = { at_least = inf }", &[("inf", "no bound", "")]);
    a("prop.x = { present = 'yes' }", &[("'yes'", "this is a text", "present = true")]);
    a("where = { pth = 'x' }", &[("pth", "unknown key", "did you mean `path`?")]);
    a("where = { where = { path = 'x' } }", &[("where", "unknown key", "")]);
    a("where = 'x'", &[("'x'", "this is a text", "where = {")]);
    a("verified = false", &[("false", "not true", "leave the key out")]);
    a("amount = {}", &[("{}", "no bound", "at_least")]);
    a("amount = { at_least = '5' }", &[("'5'", "no money", "")]);
    a("amount = { at_least = 1.5 }", &[("1.5", "this is a number", "50 EUR")]);
    let two = "{ at_least = '5 EUR', at_most = '9 USD' }";
    a(&format!("amount = {two}"), &[(two, "not one currency", "never converted")]);
    let half = "{ at_least = 1, at_most = '9 USD' }";
    a(&format!("amount = {half}"), &[(half, "not one currency", "never converted")]);
}

#[test]
fn funnels() {
    check_funnel("", &[("[[site.shop.funnel]]", "no `steps`", "steps = [")]);
    check_funnel("steps = 'a > b'", &[("'a > b'", "this is a text", "steps = [")]);
    check_funnel("steps = ['a']", &[("['a']", "these steps", "")]);
    check_funnel("steps = ['a', 3]", &[("3", "this is a number", "goal")]);
    check_funnel("steps = ['a', {}]", &[("{}", "neither goal nor event", "goal")]);
    check_funnel("steps = ['a', { goal = 'by' }]", &[("{ goal = 'by' }", "unknown goal", "`buy`")]);
    check_funnel("steps = ['a', { goal = 'xyz' }]", &[("{ goal = 'xyz' }", "unknown goal", "event")]);
    let both = "{ goal = 'buy', path = '/' }";
    check_funnel(&format!("steps = ['a', {both}]"), &[(both, "more than one", "leave one")]);
    let optional = "{ event = 'b', optional = true }";
    check_funnel(&format!("steps = ['a', {optional}]"), &[(optional, "optional", "leave")]);
    check_funnel("steps = ['a', { event = 'b', withn = '1h' }]", &[("withn", "unknown key", "`within`")]);
    let ab = |lines: &str, expected: &[_]| check_funnel(&format!("steps = ['a', 'b']\n{lines}"), expected);
    ab("window = 7", &[("7", "this is a number", "window = \"30m\"")]);
    ab(
        "window = 'soon'\norder = 'odered'",
        &[("'soon'", "no duration", ""), ("'odered'", "unknown", "did you mean `ordered`?")],
    );
    ab("count = 'visits'", &[("'visits'", "unknown", "`visitor`")]);
    ab("count = 'pair'", &[("'pair'", "no `same`", "prop.item")]);
    ab("same = 'item'", &[("'item'", "unknown", "prop.item")]);
    ab("order = 'any'\nanchor = 'first'", &[("'any'", "does not go with the rest", "")]);
    ab("entry = 'open'\nanchor = 'first'", &[("'open'", "does not go with the rest", "")]);
    ab("count = 'total'\nanchor = 'first'", &[("'total'", "does not go with the rest", "")]);
    ab("[[site.shop.funnel]]\nname = 'f'\nsteps = ['a', 'b']", &[("'f'", "used before", "another name")]);
}

#[test]
fn exclusions() {
    let abc = |lines: &str, expected: &[_]| {
        check_funnel(
            &format!("steps = ['view', {{ event = 'o', optional = true }}, 'cart', 'cart']\n{lines}"),
            expected,
        );
    };
    abc("exclude = [{ event = 'x', after = 'veiw' }]", &[("'veiw'", "unknown step", "did you mean `view`?")]);
    abc("exclude = [{ event = 'x', before = 'end' }]", &[("'end'", "unknown step", "view, o, cart, cart")]);
    abc("exclude = [{ event = 'x', after = 'cart' }]", &[("'cart'", "which of them?", "label")]);
    abc("exclude = [{ event = 'x', before = 'o' }]", &[("'o'", "an optional step", "required")]);
    abc(
        "exclude = [{ event = 'x', before = 'view' }]",
        &[("{ event = 'x', before = 'view' }", "not in the order of the steps", "")],
    );
    abc("exclude = [{ goal = 'stay' }]", &[("{ goal = 'stay' }", "this is no event", "")]);
    abc(
        "exclude = [{ goal = 'bu' }, { after = 'view' }]",
        &[("{ after = 'view' }", "neither goal nor event", "goal")],
    );
    abc("exclude = 'x'", &[("'x'", "this is a text", "exclude = [")]);
}

#[test]
fn a_broken_goal_does_not_break_its_funnel() {
    let text = "[[site.shop.goal]]\nname = 'buy'\nrole = 'x'\n\
                [[site.shop.funnel]]\nname = 'f'\nsteps = ['view', { goal = 'buy' }]\n";
    check_file(&in_site(text), &[("'x'", "unknown", "macro")]);
}

#[test]
fn errors_come_together_and_in_order() {
    let text = "[site.a]\nzone = 'UTC'\n[[site.a.goal]]\nname = 'g'\nrole = 'micro'\n[other]\n";
    check_file(
        text,
        &[
            ("[site.a]", "no `timezone`", ""),
            ("zone", "unknown key", "timezone"),
            ("'micro'", "unknown", "did you mean `macro`?"),
            ("other", "unknown key", "site"),
        ],
    );
}

proptest::proptest! {
    #[test]
    fn no_text_makes_it_fail(text in "[\\[\\].='\",{}a-c0-9 \n\u{e9}sitegoalnamerole]{0,80}") {
        for error in Definitions::parse(&text).err().into_iter().flatten() {
            proptest::prop_assert!(text.get(error.span.clone()).is_some(), "{:?} in {:?}", error, text);
        }
    }
}
