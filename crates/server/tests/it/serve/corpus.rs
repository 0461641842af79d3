//! What the fuzz targets begin from, replayed as it is and spoilt in many ways: no input makes the decoders panic, and what they
//! let through keeps their promises.

use std::path::Path;

use proptest::prelude::*;
use serde_json::{Value, json};
use waymark_collect::{
    Delivery, RequestError, Visitor,
    enrich::{Agent, Page, Referrer},
    json::text,
    limits,
    protocol::{
        own, plausible,
        segment::{self, Call},
    },
};

/// The seeds of a fuzz target.
fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds").join(target);
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.collect();
    files.sort();
    files.into_iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// What every decoder must keep to, whatever comes.
fn keeps_its_promises(decoded: Result<Delivery<'_>, RequestError>) {
    let Ok(delivery) = decoded else { return };
    assert!(delivery.events.len() <= limits::EVENTS);
    for event in delivery.events.into_iter().flatten() {
        assert!(!event.name.is_empty());
        if let Some(Visitor::Named(name)) = event.visitor {
            assert!(!name.is_empty());
        }
        assert!(event.currency.is_none_or(|code| code.len() == 3));
    }
}

/// An address that is told of a visitor, and must not be found in anything that is kept.
const CANARY: &str = "203.0.113.7";

fn is_not_kept(decoded: Result<Delivery<'_>, RequestError>) {
    for event in decoded.into_iter().flat_map(|delivery| delivery.events).flatten() {
        let kept = format!("{:?}", (event.name, event.url, event.referrer, event.properties));
        assert!(!kept.contains(CANARY), "{kept}");
    }
}

fn decode_all(body: &[u8]) {
    let body = &text(body);
    keeps_its_promises(own::decode(body));
    keeps_its_promises(plausible::decode(body));
    keeps_its_promises(segment::decode(body, None));
    Call::ALL.into_iter().for_each(|call| keeps_its_promises(segment::decode(body, Some(call))));
}

#[test]
fn seeds_of_bodies_are_events() {
    let check = |target: &str, decode: fn(&str) -> Result<Delivery<'_>, RequestError>| {
        let seeds = seeds(target);
        assert!(seeds.len() > 1);
        for seed in seeds {
            let body = text(&seed);
            let events = decode(&body).unwrap().events;
            assert!(events.iter().all(Result::is_ok), "{events:?}");
            decode_all(&seed);
        }
    };
    check("own", own::decode);
    check("plausible", plausible::decode);
    check("segment", |body| segment::decode(body, None));
}

#[test]
fn seeds_of_texts_are_read() {
    for seed in seeds("address") {
        let text = std::str::from_utf8(&seed).unwrap();
        assert!(Page::read(text, &[], &[], false).is_ok() || Referrer::read(text).is_some(), "{text}");
    }
    assert!(seeds("agent").iter().any(|seed| Agent::of(std::str::from_utf8(seed).unwrap()).bot.is_some()));
}

/// A body spoilt: bytes changed, cut out, put in, doubled.
fn spoilt(mut body: Vec<u8>, changes: &[(u8, usize, u8)]) -> Vec<u8> {
    for (kind, at, byte) in changes {
        let at = at % (body.len() + 1);
        let end = (at + usize::from(*byte)).min(body.len());
        match kind % 5 {
            0 if at < body.len() => body[at] = *byte,
            1 => body.truncate(at),
            2 => body.insert(at, b"{}[]\",:0\\"[usize::from(*byte) % 9]),
            3 => drop(body.drain(at..end)),
            _ => {
                let piece = body[at..end].to_vec();
                body.splice(at..at, piece);
            }
        }
    }
    body
}

/// Fields that some protocol reads, so that arbitrary values come where values are read.
const FIELDS: [&str; 44] = [
    "n",
    "name",
    "u",
    "url",
    "d",
    "domain",
    "r",
    "p",
    "props",
    "$",
    "revenue",
    "i",
    "e",
    "sd",
    "site",
    "sent_at",
    "events",
    "visitor",
    "id",
    "since",
    "value",
    "currency",
    "time",
    "batch",
    "type",
    "event",
    "anonymousId",
    "userId",
    "messageId",
    "timestamp",
    "sentAt",
    "properties",
    "traits",
    "context",
    "page",
    "campaign",
    "source",
    "path",
    "title",
    "total",
    "order_id",
    "amount",
    "previousId",
    "groupId",
];

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
        prop::sample::select(
            &[
                "track",
                "page",
                "identify",
                "alias",
                "pageview",
                "engagement",
                "EUR",
                "19.90",
                "{}",
                "https://shop.example/?a=1"
            ][..]
        )
        .prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(&FIELDS[..]), inner), 0..8).prop_map(|fields| fields
                .into_iter()
                .map(|(field, value)| (field.to_owned(), value))
                .collect()),
        ]
    })
}

/// Cases of each property; `WAYMARK_CASES` sets another number.
fn cases() -> ProptestConfig {
    let cases = std::env::var("WAYMARK_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig::with_cases(cases.unwrap_or(1_000))
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn spoilt_bodies_are_borne(
        target in prop::sample::select(&["own", "plausible", "segment"][..]),
        seed in any::<prop::sample::Index>(),
        changes in prop::collection::vec((any::<u8>(), any::<usize>(), any::<u8>()), 1..6),
    ) {
        let seeds = seeds(target);
        decode_all(&spoilt(seed.get(&seeds).clone(), &changes));
    }

    #[test]
    fn any_bytes_are_borne(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        decode_all(&bytes);
        let text = String::from_utf8_lossy(&bytes);
        let _ = (Page::read(&text, &[], &[], false), Referrer::read(&text), Agent::of(&text));
    }

    #[test]
    fn any_json_is_borne(value in any_json()) {
        decode_all(value.to_string().as_bytes());
        let call = json!({ "type": "track", "event": "a", "properties": value, "request_ip": CANARY,
            "context": { "ip": CANARY, "page": value, "device": CANARY } });
        decode_all(call.to_string().as_bytes());
        is_not_kept(segment::decode(&call.to_string(), None));
        decode_all(json!({ "batch": [call], "context": value }).to_string().as_bytes());
        decode_all(json!({ "n": "a", "u": "b", "p": value, "$": value, "i": value }).to_string().as_bytes());
    }
}
