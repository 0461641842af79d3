//! What each role may do: every route that the API describes, asked by everybody there is. What nobody may is asked of all
//! of them; what somebody may, only where it changes nothing.

use serde_json::{Value, json};

use super::{
    browser::{Browser, refusal, set_up},
    people::{join, key, share},
};
use crate::{cli::Folder, serve::server::Server};

/// What a route needs, from the least.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Need {
    /// Nothing.
    Open,
    /// To know who asks.
    Anybody,
    /// To be a person who is signed in.
    Person,
    /// To see the site.
    Read,
    /// To change what is defined for the site.
    Edit,
    /// To own the site.
    Own,
    /// To be a person who owns the site …
    OwnPerson,
    /// … or some site.
    OwnSome,
    /// To be a person who owns everything.
    Installation,
}

/// Every route says here what it needs; one below a site that is not named needs to read, or to edit where it changes
/// something.
fn need(method: &str, path: &str) -> Need {
    let of_site = path.strip_prefix("/sites/{site}");
    match (method, path, of_site) {
        (_, "/session" | "/setup" | "/recovery" | "/recovery/finish", _) => Need::Open,
        (_, "/oidc/start" | "/oidc/callback" | "/openapi.json", _) => Need::Open,
        ("get", "/sites", _) => Need::Anybody,
        ("post", "/sites", _) => Need::Installation,
        ("get", "/audit", _) => Need::Installation,
        ("get" | "post", "/members", _) | ("patch", "/members/{id}", _) => Need::OwnSome,
        (_, path, _) if path.starts_with("/members/") => Need::Installation,
        (_, path, _) if path == "/account" || path.starts_with("/account/") => Need::Person,
        (method, _, Some(rest)) if rest.starts_with("/keys") && method != "get" => Need::OwnPerson,
        (_, _, Some(rest)) if rest.starts_with("/keys") || rest.starts_with("/shares") => Need::Own,
        (_, _, Some("/erasures")) => Need::Own,
        (_, _, Some(rest)) if rest.starts_with("/event-names/") => Need::Own,
        ("patch", _, Some("")) => Need::Own,
        ("post", _, Some("/query" | "/goals/preview")) => Need::Read,
        // It tells what is refused, for those who may mend it.
        ("get", _, Some("/arrivals")) => Need::Edit,
        ("get", _, Some(_)) => Need::Read,
        (_, _, Some(_)) => Need::Edit,
        _ => panic!("say here what {method} {path} needs"),
    }
}

/// Somebody who asks.
struct Asker {
    name: &'static str,
    by: By,
    /// Which needs are met.
    may: &'static [Need],
    /// Whether the site is theirs to see.
    is_of_site: bool,
}

enum By {
    Nothing,
    Session(Box<Browser>),
    Bearer(String),
}

impl Asker {
    fn ask(&mut self, server: &Server, method: &str, path: &str) -> (u16, String) {
        let body = if method == "get" { Value::Null } else { json!({}) };
        let method = method.to_uppercase();
        let bearer;
        let headers: &[(&str, &str)] = match &mut self.by {
            By::Session(browser) => {
                return refusal(&browser.on_new_connection(server).ask(&method, path, &body));
            }
            By::Bearer(token) => {
                bearer = format!("Bearer {token}");
                &[("authorization", &bearer)]
            }
            By::Nothing => &[],
        };
        let text = if body.is_null() { String::new() } else { body.to_string() };
        refusal(&server.client().ask(&method, &format!("/api/v1{path}"), headers, text.as_bytes()).unwrap())
    }
}

/// The routes of the document, as method and path below `/api/v1`.
fn routes(folder: &Folder) -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&folder.ok(&["openapi"])).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let methods = |(path, item): (&String, &Value)| {
        let path = path.strip_prefix("/api/v1").unwrap().to_owned();
        let methods: Vec<String> = item.as_object().unwrap().keys().cloned().collect();
        methods.into_iter().map(move |method| (method, path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(methods).collect()
}

fn filled(path: &str, site: &str) -> String {
    let path = path.replace("{site}", site).replace("{id}", "1").replace("{version}", "1");
    path.replace("{name}", "x").replace("{prefix}", "wms_x")
}

fn everybody(folder: &Folder, server: &Server, owner: &mut Browser) -> Vec<Asker> {
    use Need::{Anybody, Edit, Installation, Own, OwnPerson, OwnSome, Person, Read};
    let mut person = |name, site: Option<&str>, role, may, is_of_site| {
        let browser = join(server, owner, &format!("{name}@shop.example"), site, role);
        Asker { name, by: By::Session(Box::new(browser)), may, is_of_site }
    };
    let mut all = vec![
        person("viewer", Some("shop"), "viewer", &[Anybody, Person, Read], true),
        person("editor", Some("shop"), "editor", &[Anybody, Person, Read, Edit], true),
        person("owner", Some("shop"), "owner", &[Anybody, Person, Read, Edit, Own, OwnPerson, OwnSome], true),
        person("stranger", Some("other"), "owner", &[Anybody, Person, OwnSome], false),
        person(
            "everything",
            None,
            "owner",
            &[Anybody, Person, Read, Edit, Own, OwnPerson, OwnSome, Installation],
            true,
        ),
        Asker { name: "nobody", by: By::Nothing, may: &[], is_of_site: false },
    ];
    let mut bearer = |name, token: String, may, is_of_site| {
        all.push(Asker { name, by: By::Bearer(token), may, is_of_site });
    };
    bearer("key to read", key(folder, "shop", "read"), &[Anybody, Read], true);
    bearer("key for all", key(folder, "shop", "admin"), &[Anybody, Read, Edit, Own], true);
    bearer("key to send", key(folder, "shop", "collect"), &[], false);
    bearer("key of another", key(folder, "other", "admin"), &[Anybody], false);
    bearer("link", share(owner, "shop"), &[Anybody, Read], true);
    bearer("link to another", share(owner, "other"), &[Anybody], false);
    bearer("nonsense", "wms_nonsense".to_owned(), &[], false);
    all
}

#[test]
fn every_route_refuses_those_it_is_not_for() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let routes = routes(&folder);
    assert!(routes.len() > 20, "{routes:?}");
    for mut asker in everybody(&folder, &server, &mut owner) {
        for (method, path) in &routes {
            let need = need(method, path);
            if need == Need::Open {
                continue;
            }
            let is_met = asker.may.contains(&need);
            if is_met && method != "get" {
                continue;
            }
            let (status, code) = asker.ask(&server, method, &filled(path, "shop"));
            let shown = format!("{method} {path} by {}: {status} {code}", asker.name);
            if is_met {
                // Whom small groups are hidden from may not see what single visitors do.
                let hides = matches!(asker.name, "viewer" | "link") && code == "role_too_small";
                let is_refused = matches!(code.as_str(), "not_signed_in" | "unknown_site" | "csrf");
                assert!(!is_refused && (hides || code != "role_too_small"), "{shown}");
                continue;
            }
            let expected = match asker.name {
                "nobody" | "key to send" | "nonsense" => (401, "not_signed_in"),
                _ if path.starts_with("/sites/{site}") && !asker.is_of_site => (404, "unknown_site"),
                _ => (403, "role_too_small"),
            };
            assert_eq!((status, code.as_str()), expected, "{shown}");
        }
    }
}

#[test]
fn a_site_of_others_looks_like_none() {
    let folder = Folder::new();
    let (server, mut owner) = set_up(&folder);
    let strangers = everybody(&folder, &server, &mut owner)
        .into_iter()
        .filter(|asker| !asker.is_of_site && !asker.may.is_empty());
    for asker in strangers {
        for (method, path) in routes(&folder).iter().filter(|(_, path)| path.contains("{site}")) {
            let body = if method == "get" { "" } else { "{}" };
            let answer = |site: &str| {
                let path = format!("/api/v1{}", filled(path, site));
                let method = method.to_uppercase();
                let answer = match &asker.by {
                    By::Session(browser) => browser.on_new_connection(&server).ask(
                        &method,
                        path.strip_prefix("/api/v1").unwrap(),
                        &serde_json::from_str(body).unwrap_or(Value::Null),
                    ),
                    By::Bearer(token) => {
                        let headers = [("authorization", format!("Bearer {token}"))];
                        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
                        server.client().ask(&method, &path, &headers, body.as_bytes()).unwrap()
                    }
                    By::Nothing => return (0, String::new()),
                };
                (answer.status, answer.text().replace(site, "SITE"))
            };
            assert_eq!(answer("shop"), answer("nowhere"), "{method} {path} by {}", asker.name);
        }
    }
}
