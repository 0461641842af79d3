//! Signing in by another service, against one of the test's own on this machine.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::browser::{Browser, OWNER, PASSWORD, new_server};
use crate::{
    cli::Folder,
    serve::client::{Answer, Client},
};

/// What the service says of whoever comes, and what it was asked.
#[derive(Default)]
pub struct Service {
    issuer: String,
    /// Claims of the ID token beside the usual ones.
    pub claims: Value,
    /// What it tells when asked once more.
    told: Value,
    /// What was sent to it with the last person.
    nonce: String,
    challenge: String,
    /// Bodies of what was asked for a code.
    asked: Vec<String>,
    authorization: Option<String>,
    /// How long it takes to answer.
    delay: Duration,
    /// How often it was asked for anything.
    questions: u64,
}

pub type Shared = Arc<Mutex<Service>>;

pub fn service() -> Shared {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let issuer = format!("http://{}", listener.local_addr().unwrap());
    let shared = Arc::new(Mutex::new(Service { issuer, ..Service::default() }));
    let at = Arc::clone(&shared);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let at = Arc::clone(&at);
            thread::spawn(move || answer(stream, &at));
        }
    });
    shared
}

fn answer(mut stream: TcpStream, at: &Shared) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        let line = line.trim().to_owned();
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.parse().ok()?;
        }
        head.push(line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let delay = at.lock().unwrap().delay;
    thread::sleep(delay);
    let (status, json) = told(&head, &String::from_utf8(body).ok()?, &mut at.lock().unwrap());
    let text = json.to_string();
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\n");
    write!(stream, "{head}content-length: {}\r\n\r\n{text}", text.len()).ok()
}

fn told(head: &[String], body: &str, service: &mut Service) -> (u16, Value) {
    service.questions += 1;
    let issuer = service.issuer.clone();
    let header =
        |name: &str| head.iter().find_map(|line| line.to_lowercase().starts_with(name).then(|| line.clone()));
    match head[0].split(' ').nth(1).unwrap_or_default() {
        "/.well-known/openid-configuration" => (
            200,
            json!({ "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize?tenant=1"),
                "token_endpoint": format!("{issuer}/token"), "userinfo_endpoint": format!("{issuer}/userinfo") }),
        ),
        "/token" => {
            service.authorization = header("authorization");
            service.asked.push(body.to_owned());
            let verifier = value(body, "code_verifier");
            if URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)) != service.challenge
                || value(body, "code") != "good"
            {
                return (400, json!({ "error": "invalid_grant" }));
            }
            let mut claims = json!({ "iss": issuer, "aud": "waymark", "sub": "17", "exp": 4_000_000_000_u64,
                "nonce": service.nonce });
            for (name, value) in service.claims.as_object().unwrap() {
                claims[name] = value.clone();
            }
            let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()));
            (200, json!({ "access_token": "canary-access-9f2c", "token_type": "Bearer", "id_token": token }))
        }
        "/userinfo" if header("authorization").is_some_and(|line| line.ends_with("canary-access-9f2c")) => {
            (200, service.told.clone())
        }
        _ => (404, json!({})),
    }
}

/// A value of a form or query.
fn value(form: &str, name: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// A folder whose server signs people in by the service, and whose owner is set up.
pub fn signs_in_by(shared: &Shared, more: &str) -> (Folder, crate::serve::server::Server) {
    let folder = Folder::new();
    let issuer = shared.lock().unwrap().issuer.clone();
    let config = format!(
        "[oidc]\nissuer = '{issuer}'\nclient = 'waymark'\nsecret = 'canary secret-9f2c'\nname = 'Login'\n{more}\n"
    );
    let (server, token) = new_server(&folder, &["--config", &folder.file("server.toml", &config)]);
    let first = json!({ "token": token, "email": OWNER, "name": "Ada", "password": PASSWORD });
    assert_eq!(Browser::of(&server).ask("POST", "/setup", &first).status, 201);
    (folder, server)
}

/// Goes to the service, which remembers what it was sent; gives `state`.
pub fn leave(browser: &mut Browser, shared: &Shared) -> String {
    let answer = browser.get("/oidc/start");
    let to = answer.header("location").unwrap().to_owned();
    assert_eq!(answer.status, 303, "{to}");
    let (page, query) = to.split_once('?').unwrap();
    let mut service = shared.lock().unwrap();
    assert_eq!(page, format!("{}/authorize", service.issuer));
    assert_eq!(
        (value(query, "response_type"), value(query, "code_challenge_method")),
        ("code".into(), "S256".into())
    );
    assert_eq!((value(query, "tenant"), value(query, "client_id")), ("1".into(), "waymark".into()));
    assert!(value(query, "scope").split(' ').any(|scope| scope == "openid"));
    (service.nonce, service.challenge) = (value(query, "nonce"), value(query, "code_challenge"));
    value(query, "state")
}

pub fn come_back(browser: &mut Browser, code: &str, state: &str) -> Answer {
    browser.get(&format!("/oidc/callback?code={code}&state={state}"))
}

fn state_of(browser: &mut Browser) -> String {
    browser.get("/session").json()["state"].as_str().unwrap().to_owned()
}

#[test]
fn whoever_the_service_knows_and_has_an_account_is_signed_in() {
    let shared = service();
    let (folder, server) = signs_in_by(&shared, "");
    shared.lock().unwrap().claims = json!({ "email": "Ada@shop.example", "email_verified": true });
    let mut browser = Browser::of(&server);
    assert_eq!(browser.get("/session").json()["oidc"], json!({ "name": "Login" }));
    let state = leave(&mut browser, &shared);
    let answer = come_back(&mut browser, "good", &state);
    assert_eq!((answer.status, answer.header("location")), (303, Some("/")));
    assert_eq!(state_of(&mut browser), "signed_in");
    let basic = shared.lock().unwrap().authorization.clone().unwrap();
    let expected = STANDARD.encode("waymark:canary+secret-9f2c");
    assert!(basic.ends_with(&expected), "RFC 6749, 2.3.1: {basic}");
    let asked = shared.lock().unwrap().asked.clone();
    assert_eq!(value(&asked[0], "redirect_uri"), format!("http://{}/api/v1/oidc/callback", server.address));
    let again = come_back(&mut browser, "good", &state);
    assert!(again.header("location").unwrap().starts_with("/signin?failed="), "a state is taken once");
    // Some services tell the address only when asked once more.
    shared.lock().unwrap().claims = json!({});
    shared.lock().unwrap().told = json!({ "sub": "17", "email": OWNER, "email_verified": true });
    let mut second = Browser::of(&server);
    let state = leave(&mut second, &shared);
    come_back(&mut second, "good", &state);
    assert_eq!(state_of(&mut second), "signed_in");
    let said = server.stop();
    drop(folder);
    for secret in ["canary", OWNER, &state] {
        assert!(!said.contains(secret), "{secret} is in {said}");
    }
}

#[test]
fn nobody_else_is_signed_in() {
    let shared = service();
    let (_folder, server) = signs_in_by(&shared, "");
    let verified = json!({ "email": OWNER, "email_verified": true });
    let with = |name: &str, value: Value| {
        let mut claims = verified.clone();
        claims[name] = value;
        claims
    };
    let check = |claims: Value, code: &str, said: &str| {
        shared.lock().unwrap().claims = claims.clone();
        let mut browser = Browser::of(&server);
        let state = leave(&mut browser, &shared);
        let answer = come_back(&mut browser, code, &state);
        let to = answer.header("location").unwrap().replace('+', " ");
        assert!(to.starts_with("/signin?failed=") && to.contains(said), "{claims}: {to}");
        assert_eq!(state_of(&mut browser), "signed_out", "{claims}");
    };
    check(verified.clone(), "bad", "refused the sign-in code");
    check(with("email", json!("bob@shop.example")), "good", "no account here");
    check(with("email_verified", json!(false)), "good", "not verified");
    check(with("nonce", json!("another")), "good", "not for this sign-in");
    check(with("aud", json!("another")), "good", "not meant for Waymark");
    check(with("iss", json!("https://login.example")), "good", "another service");
    check(with("exp", json!(1_000)), "good", "has expired");
}

#[test]
fn nobody_comes_back_for_somebody_else() {
    let shared = service();
    let (_folder, server) = signs_in_by(&shared, "");
    shared.lock().unwrap().claims = json!({ "email": OWNER, "email_verified": true });
    let (mut attacker, mut victim) = (Browser::of(&server), Browser::of(&server));
    let state = leave(&mut attacker, &shared);
    // The attacker's link, opened in a browser that was never sent away.
    let answer = come_back(&mut victim, "good", &state);
    assert!(answer.header("location").unwrap().contains("failed"), "{answer:?}");
    assert_eq!(state_of(&mut victim), "signed_out");
    for bad in ["", "nonsense"] {
        leave(&mut victim, &shared);
        assert!(come_back(&mut victim, "good", bad).header("location").unwrap().contains("failed"));
    }
}

#[test]
fn newcomers_become_viewers_where_that_is_wanted() {
    let shared = service();
    let (_folder, server) = signs_in_by(&shared, "new_accounts = 'viewer'");
    shared.lock().unwrap().claims =
        json!({ "email": "new@shop.example", "email_verified": true, "name": "New" });
    let mut browser = Browser::of(&server);
    let state = leave(&mut browser, &shared);
    come_back(&mut browser, "good", &state);
    let session = browser.get("/session").json();
    assert_eq!((&session["state"], &session["account"]["name"]), (&json!("signed_in"), &json!("New")));
    let roles: Vec<&Value> = session["sites"].as_array().unwrap().iter().map(|site| &site["role"]).collect();
    assert_eq!(roles, ["viewer", "viewer"]);
}

/// Strangers who leave for the service and do not come back take nobody's place.
#[test]
fn those_who_do_not_come_back_stop_nobody() {
    let shared = service();
    let (_folder, server) = signs_in_by(&shared, "");
    shared.lock().unwrap().claims = json!({ "email": OWNER, "email_verified": true });
    let mut early = Browser::of(&server);
    let state = leave(&mut early, &shared);
    let way = {
        let service = shared.lock().unwrap();
        (service.nonce.clone(), service.challenge.clone())
    };
    let mut strangers = server.client();
    for number in 0..3_000 {
        let answer = strangers.ask("GET", "/api/v1/oidc/start", &[], b"").unwrap();
        let to = answer.header("location").unwrap();
        assert!(to.contains("/authorize?"), "{number}: {to}");
    }
    let mut late = Browser::of(&server);
    let late_state = leave(&mut late, &shared);
    come_back(&mut late, "good", &late_state);
    assert_eq!(state_of(&mut late), "signed_in");
    (shared.lock().unwrap().nonce, shared.lock().unwrap().challenge) = way;
    come_back(&mut early, "good", &state);
    assert_eq!(state_of(&mut early), "signed_in", "who left before them comes back too");
}

/// What the browser holds is worth nothing when it is changed, and nothing without the state that belongs to it.
#[test]
fn what_the_browser_holds_cannot_be_made_by_itself() {
    let shared = service();
    let (_folder, server) = signs_in_by(&shared, "");
    shared.lock().unwrap().claims = json!({ "email": OWNER, "email_verified": true });
    let mut browser = Browser::of(&server);
    let state = leave(&mut browser, &shared);
    let held = browser.cookie.clone().unwrap();
    let (name, value) = held.split_once('=').unwrap();
    let (until, seed) = value.split_once('.').unwrap();
    let later = until.parse::<i64>().unwrap() + 1;
    for changed in
        [format!("{later}.{seed}"), format!("{until}.{}", &seed[1..]), seed.to_owned(), String::new()]
    {
        browser.cookie = Some(format!("{name}={changed}"));
        let answer = come_back(&mut browser, "good", &state);
        assert!(answer.header("location").unwrap().contains("failed"), "{changed}: {answer:?}");
    }
    browser.cookie = Some(held.clone());
    come_back(&mut browser, "good", &state);
    assert_eq!(state_of(&mut browser), "signed_in");
    // The same once more, as by somebody who recorded it.
    let mut again = Browser::of(&server);
    again.cookie = Some(held);
    assert!(come_back(&mut again, "good", &state).header("location").unwrap().contains("failed"));
}

/// A service that answers slowly holds up those who wait for it, and nobody else.
#[test]
fn a_slow_service_takes_nobody_elses_place() {
    let shared = service();
    let (_folder, server) = signs_in_by(&shared, "");
    shared.lock().unwrap().delay = Duration::from_secs(3);
    let before = shared.lock().unwrap().questions;
    let strangers: Vec<_> = (0..200)
        .map(|_| {
            let mut client = server.client();
            client.send("GET", "/api/v1/oidc/start", &[], b"").unwrap();
            client
        })
        .collect();
    let begun = Instant::now();
    let mut owner = Browser::of(&server);
    owner.sign_in(OWNER, PASSWORD);
    assert_eq!(owner.get("/sites").status, 200);
    let query = json!({ "overview": {} });
    assert_eq!(owner.ask("POST", "/sites/shop/query", &query).status, 200);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    for mut stranger in strangers {
        assert_eq!(stranger.answer().unwrap().status, 303);
    }
    let asked = shared.lock().unwrap().questions - before;
    assert!(asked <= 3, "{asked} questions for 200 people");
    // People of one network who come back, all at once, leave places to others.
    shared.lock().unwrap().delay = Duration::ZERO;
    shared.lock().unwrap().claims = json!({ "email": OWNER, "email_verified": true });
    let mut crowd: Vec<_> = (0..20)
        .map(|_| {
            let mut browser = Browser::of(&server);
            (leave(&mut browser, &shared), browser.cookie.unwrap())
        })
        .collect();
    let (own, cookie) = crowd.pop().unwrap();
    shared.lock().unwrap().delay = Duration::from_secs(3);
    let come = |client: &mut Client, state: &str, cookie: &str| {
        let path = format!("/api/v1/oidc/callback?code=bad&state={state}");
        client.send("GET", &path, &[("cookie", cookie)], b"").unwrap();
    };
    let crowd: Vec<_> = crowd
        .into_iter()
        .map(|(state, cookie)| {
            let mut client = server.client();
            come(&mut client, &state, &cookie);
            client
        })
        .collect();
    let begun = Instant::now();
    let mut other = Client::connect_from(Ipv4Addr::new(127, 9, 9, 9), server.address).unwrap();
    come(&mut other, &own, &cookie);
    other.answer().unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}: without waiting for the others",
        begun.elapsed()
    );
    drop(crowd);
}
