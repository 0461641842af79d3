//! What senders without a key can fill is full before the site's own events come: the headline counts all the same.

use serde_json::{Value, json};

use super::{
    client::Answer,
    server::{BROWSER, EVENTS, Server},
};
use crate::cli::Folder;

const GOALS: &str = r#"
[site.shop]
timezone = "UTC"

[[site.shop.goal]]
name = "purchase"
event = "purchase"
role = "macro"
headline = true
key = true
value = "event"
prop.plan = "pro"

[[site.shop.goal]]
name = "cart"
event = "cart*"
role = "milestone"

[[site.shop.funnel]]
name = "buy"
steps = ["look", "purchase"]
"#;

/// A site with its goals, a key, and a running server.
struct World {
    folder: Folder,
    server: Server,
    bearer: String,
}

/// No limit of tempo, and segments soon.
const ARGS: [&str; 4] = ["--rate-limit", "off", "--flush-rows", "1000"];

impl World {
    fn new(goals: &str) -> Self {
        let folder = Folder::new_shop();
        folder.ok(&["goals", "apply", &folder.file("waymark.toml", goals)]);
        let made = folder.json(&["key", "add", "shop", "--scope", "collect"]);
        let bearer = format!("Bearer {}", made["key"].as_str().unwrap());
        Self { server: Server::start(&folder, &ARGS), folder, bearer }
    }

    fn restarted(self) -> Self {
        let Self { folder, server, bearer } = self;
        server.stop();
        Self { server: Server::start(&folder, &ARGS), folder, bearer }
    }

    fn send(&self, headers: &[(&str, &str)], events: Vec<Value>) -> Answer {
        let body = json!({ "site": "shop", "events": events }).to_string();
        let answer = self.server.client().ask("POST", EVENTS, headers, body.as_bytes()).unwrap();
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    }

    /// From a browser, without a key.
    fn anonymous(&self, events: Vec<Value>) -> Answer {
        self.send(&[("user-agent", BROWSER)], events)
    }

    /// From the site's own server.
    fn keyed(&self, events: Vec<Value>) -> Answer {
        self.send(&[("authorization", &self.bearer)], events)
    }

    /// Many events, without a key.
    fn flood(&self, headers: &[(&str, &str)], events: usize, event: impl Fn(usize) -> Value) {
        let all: Vec<Value> = (0..events).map(event).collect();
        all.chunks(500).for_each(|some| _ = self.send(headers, some.to_vec()));
    }

    /// Conversions of a goal, and its values.
    fn goal(&self, name: &str) -> (Value, Value) {
        let asked = json!({ "overview": { "goals": [name] } }).to_string();
        let asked = self.folder.file("q.json", &asked);
        let answer = self.folder.json(&["query", "--site", "shop", &asked]);
        let goal = &answer["total"]["goals"][0];
        (goal["conversions"].clone(), goal["value"].clone())
    }

    fn counts(&self, name: &str, expected: u64) {
        assert_eq!(self.goal(name).0, json!(expected), "{name}");
    }
}

fn order(id: &str, key: &str, value: &str) -> Value {
    json!({ "id": id, "name": "purchase", "key": key, "value": value, "props": { "plan": "pro" } })
}

#[test]
fn junk_names_take_no_place_of_the_sites_own() {
    let world = World::new(GOALS);
    let browser = [("user-agent", BROWSER)];
    world.flood(&[("user-agent", "curl/8")], 1_000, |n| json!({ "name": format!("crawler {n}") }));
    world.flood(&browser, 1_000, |n| json!({ "name": format!("test {n}"), "test": true }));
    let said = world.anonymous(vec![json!({ "name": "new one" })]);
    assert_eq!(said.header("x-waymark-not-counted"), None, "tagged events take no place");
    world.flood(&browser, 1_100, |n| json!({ "name": format!("junk {n}") }));
    let said = world.anonymous(vec![json!({ "name": "look" }), order("1", "A-1", "5 EUR")]);
    assert_eq!(said.header("x-waymark-not-counted"), None, "a goal and a funnel use them");
    let said = world.keyed(vec![json!({ "name": "packed" })]);
    assert_eq!(said.header("x-waymark-not-counted"), None, "the site's own server uses it");
    let said = world.anonymous(vec![json!({ "name": "cart add" }), json!({ "name": "signup" })]);
    assert_eq!(said.header("x-waymark-not-counted"), Some("too_many_names"));
    let world = world.restarted();
    let said = world.anonymous(vec![order("2", "A-2", "7 EUR"), json!({ "name": "packed" })]);
    assert_eq!(said.header("x-waymark-not-counted"), None);
    world.counts("purchase", 2);
    world.counts("cart", 1);
    let funnel = world.folder.json(&["funnel", "--site", "shop", "--name", "buy"]);
    assert_eq!(funnel["steps"][1]["reached"], json!(1), "{funnel}");
    // A goal that is defined later counts what was stored as `(other)`.
    let later = format!("{GOALS}\n[[site.shop.goal]]\nname = \"signup\"\nrole = \"milestone\"\n");
    world.folder.ok(&["goals", "apply", &world.folder.file("later.toml", &later)]);
    world.counts("signup", 1);
    let said = world.anonymous(vec![json!({ "name": "signup" })]);
    assert_eq!(said.header("x-waymark-not-counted"), None, "it is used from the moment it is defined");
    world.counts("signup", 1);
    world.server.stop();
}

#[test]
fn an_owner_frees_the_places_of_junk_names() {
    let world = World::new(GOALS);
    world.flood(&[("user-agent", BROWSER)], 1_000, |n| json!({ "name": format!("junk {n}") }));
    let signup = || vec![json!({ "name": "signup" })];
    assert!(world.anonymous(signup()).header("x-waymark-not-counted").is_some());
    let found = world.folder.json(&["names", "--site", "shop"]);
    assert_eq!((&found["places"], &found["taken"]), (&json!(1_000), &json!(1_000)));
    let doctor = world.folder.ok(&["doctor", "--site", "shop"]);
    assert!(doctor.contains("waymark names --site shop --forget"), "{doctor}");
    let said = world.folder.ok(&["names", "--site", "shop", "--forget", "junk *"]);
    assert!(said.contains("Forgot 1,000 names"), "{said}");
    assert_eq!(world.anonymous(signup()).header("x-waymark-not-counted"), None);
    let world = world.restarted();
    assert_eq!(world.anonymous(signup()).header("x-waymark-not-counted"), None);
    let junk = || vec![json!({ "name": "junk 7" })];
    assert_eq!(world.anonymous(junk()).header("x-waymark-not-counted"), Some("too_many_names"));
    world.folder.ok(&["names", "--site", "shop", "--admit", "junk 7"]);
    assert_eq!(world.anonymous(junk()).header("x-waymark-not-counted"), None);
    let found = world.folder.json(&["names", "--site", "shop", "signup", "junk 7", "junk 8"]);
    let states: Vec<_> = found["names"].as_array().unwrap().iter().map(|name| &name["state"]).collect();
    assert_eq!(json!([found["taken"], states]), json!([1, ["admitted", "public", "forgotten"]]));
    world.folder.ok(&["names", "--site", "shop", "--undo", "junk 8"]);
    world.server.stop();
}

#[test]
fn the_api_frees_and_keeps_places_too() {
    let world = World::new(GOALS);
    world.anonymous(vec![json!({ "name": "a/b" }), json!({ "name": "purchase" })]);
    world.keyed(vec![json!({ "name": "packed" })]);
    let made = world.folder.json(&["key", "add", "shop", "--scope", "admin"]);
    let admin = format!("Bearer {}", made["key"].as_str().unwrap());
    let ask = |method: &str, name: &str, body: &str| {
        let path = format!("/api/v1/sites/shop/event-names{name}");
        world.server.client().ask(method, &path, &[("authorization", &admin)], body.as_bytes()).unwrap()
    };
    let names = || {
        let found = ask("GET", "", "").json();
        let shown = |name: &Value| format!("{} {} {}", name["name"], name["events"], name["state"]);
        let shown: Vec<_> = found["names"].as_array().unwrap().iter().map(shown).collect();
        (found["taken"].clone(), shown.join(", ").replace('"', ""))
    };
    let others = "packed 1 public, purchase 1 defined";
    assert_eq!(names(), (json!(2), format!("a/b 1 public, {others}")));
    assert_eq!(ask("PUT", "/a%2Fb", r#"{ "admitted": false }"#).status, 204);
    assert_eq!(names(), (json!(1), format!("a/b 1 forgotten, {others}")));
    assert_eq!(ask("PUT", "/packed", r#"{ "admitted": true }"#).status, 204);
    assert_eq!(names(), (json!(0), "a/b 1 forgotten, packed 1 admitted, purchase 1 defined".to_owned()));
    assert_eq!(ask("DELETE", "/a%2Fb", "").status, 204);
    assert_eq!(ask("PUT", "/a", r#"{ "admitted": 7 }"#).status, 400);
    assert_eq!(names().0, json!(1));
    world.server.stop();
}

#[test]
fn junk_properties_take_no_place_of_a_goals_own() {
    let world = World::new(GOALS);
    let junk = |n: usize| {
        let props: serde_json::Map<_, _> =
            (0..40).map(|k| (format!("k{}", 40 * n + k), json!("x"))).collect();
        json!({ "name": "flood", "props": props })
    };
    world.flood(&[("user-agent", BROWSER)], 1_500, junk);
    let said = world.anonymous(vec![json!({ "name": "flood", "props": { "another": "x" } })]);
    assert_eq!(said.header("x-waymark-not-counted"), Some("too_many_keys"));
    let said = world.anonymous(vec![order("1", "A-1", "5 EUR")]);
    assert_eq!(said.header("x-waymark-not-counted"), None);
    let world = world.restarted();
    world.anonymous(vec![order("2", "A-2", "5 EUR")]);
    world.counts("purchase", 2);
    let (folder, server) = (world.folder, world.server);
    server.stop();
    let events = super::server::stored(&folder);
    let aside =
        |event: &&Value| event["prop"]["$properties"].as_str().is_some_and(|text| text.contains("another"));
    assert_eq!(events.iter().filter(aside).count(), 1, "nothing is lost");
}

/// The order that the server tells is verified and counts once, whichever came first and whatever happened between.
#[track_caller]
fn check_order(first_is_keyed: bool, restart: bool, anonymous: &Value) {
    let mut world = World::new(GOALS);
    let keyed = order("order-1001", "1001", "19.90 EUR");
    for is_keyed in [first_is_keyed, !first_is_keyed] {
        for again in 0..2 {
            let said = match is_keyed {
                true => world.keyed(vec![keyed.clone()]),
                false => world.anonymous(vec![anonymous.clone()]),
            };
            let expected = json!([1 - again, again]);
            let said = said.json();
            assert_eq!(json!([said["stored"], said["duplicates"]]), expected, "keyed: {is_keyed}, {again}");
            if restart {
                world = world.restarted();
            }
        }
    }
    let (conversions, value) = world.goal("purchase");
    assert_eq!(conversions, json!(1));
    assert_eq!((&value[0]["net"], &value[0]["verified"]), (&json!(1990), &json!(1990)), "{value}");
    world.server.stop();
}

#[test]
fn a_predictable_identifier_keeps_no_order_out_and_doubles_none() {
    let same = order("order-1001", "1001", "1 EUR");
    let other = json!({ "id": "order-1001", "name": "junk" });
    for (first_is_keyed, restart) in [(false, false), (true, false), (false, true), (true, true)] {
        check_order(first_is_keyed, restart, &same);
    }
    check_order(false, false, &other);
}

#[test]
fn junk_keys_loads_and_clocks_stop_no_order() {
    let world = World::new(GOALS);
    let browser = [("user-agent", BROWSER)];
    // Orders of the future and the past, and tests of the same key.
    world.flood(&browser, 2_000, |n| {
        json!({ "id": format!("j{n}"), "name": "purchase", "key": format!("{n}"), "test": true, "time": 1, "props": { "plan": "pro" } })
    });
    world.flood(&browser, 1_000, |n| {
        json!({ "name": "junk", "key": format!("{n}"), "time": 32_503_680_000_000_i64, "value": "1 EUR" })
    });
    for load in 0..500 {
        let body = json!({ "site": "shop", "load": format!("l{load}"), "sent_at": i64::MIN, "events": [{ "name": "junk" }] });
        assert_eq!(world.server.post(body.to_string()).status, 200);
    }
    world.anonymous(vec![order("a", "7", "5 EUR")]);
    world.keyed(vec![order("b", "8", "5 EUR")]);
    world.counts("purchase", 2);
    world.server.stop();
}

#[test]
fn nobody_but_waymark_writes_its_notes() {
    let world = World::new(GOALS);
    world.anonymous(vec![json!({
        "name": "(other)", "props": { "$name": "purchase", "$clock": "clamped", "$properties": "{}", "plan": "pro", "a\u{1}b": "c" }
    })]);
    world.counts("purchase", 0);
    let World { folder, server, .. } = world;
    server.stop();
    let events = super::server::stored(&folder);
    let expected = json!({ "plan": "pro", "$left_out": "$clock,$name,$properties,a\u{FFFD}b" });
    assert_eq!(events[0]["prop"], expected, "{events:?}");
}
