//! One bad value costs only itself: whatever stands beside it in an event or a request, every event that is valid alone is
//! stored, and is the same. `WAYMARK_CASES` sets another number of batches; 100,000 are the promise.

use rand::{RngExt as _, SeedableRng as _, seq::IndexedRandom as _};
use rand_pcg::Pcg64Mcg;
use serde_json::json;
use waymark_collect::{
    Delivery, Incoming, Refusal, RequestError,
    json::text,
    protocol::{
        own, plausible,
        segment::{self, Call},
    },
};

use super::server::{Server, stored};
use crate::cli::Folder;

/// What programs send in the place of a value, as bytes: JSON, nearly JSON, and what is neither.
const VALUES: &[&[u8]] = &[
    br#""Sale \ud83d""#,
    br#""\ude00""#,
    br#""\ud83d\ude00""#,
    br#""a\u0000b""#,
    b"\"a\0b\"",
    b"\"a\nb\tc\"",
    br#""C:\path\u12""#,
    b"\"caf\xe9\"",
    b"\"\xf0\x9f\x98\"",
    b"1e999",
    b"-1e999",
    b"1e-999",
    b"1e3",
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"undefined",
    b"10n",
    b"007",
    b"0x10",
    b"100000000000000000001",
    b"123456789012345678901234567890.5",
    b"-0",
    b"1.299",
    br#""1.299""#,
    br#""19,90 EUR""#,
    br#""""#,
    br#"" ""#,
    b"null",
    b"true",
    b"[]",
    b"{}",
    b"[[[[[[[[[[[[]]]]]]]]]]]]",
    br#"{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":1}}}}}}}}"#,
    br#""[object Object]""#,
    br#""{\"a\":1}""#,
    br#""[1""#,
    br#""undefined""#,
    br#"{"id":"x"}"#,
    br#"{"id":"0123456789abcdef0123456789abcdef","since":1}"#,
    br#""javascript:alert(1)""#,
    br#""/checkout/thanks""#,
    br#""https://""#,
    br#""https://a b/""#,
    br#""yesterday""#,
    b"1796047155",
];

/// The keys that a protocol reads, some that it does not, and some that only Waymark sets.
const OWN: [&str; 20] = [
    "id",
    "time",
    "url",
    "referrer",
    "visitor",
    "user",
    "key",
    "value",
    "currency",
    "props",
    "test",
    "ip",
    "user_agent",
    "country",
    "vaule",
    "",
    "$clock",
    "a\\u0000b",
    "site",
    "__proto__",
];
const SEGMENT: [&str; 16] = [
    "messageId",
    "timestamp",
    "originalTimestamp",
    "anonymousId",
    "userId",
    "properties",
    "traits",
    "context",
    "integrations",
    "order_id",
    "sentAt",
    "channel",
    "",
    "$left_out",
    "groupId",
    "_metadata",
];
const PLAUSIBLE: [&str; 12] = ["d", "r", "p", "props", "m", "$", "revenue", "i", "h", "v", "w", ""];

/// An event whose other fields hold anything; by its name it is valid, and one in ten has none, or is no object.
struct Made {
    bytes: Vec<u8>,
    is_valid: bool,
}

fn any_value(dice: &mut Pcg64Mcg) -> Vec<u8> {
    match dice.random_range(0..12) {
        0 => json!("é".repeat(dice.random_range(0..2_000))).to_string().into_bytes(),
        1 => [&b"["[..], &any_value(dice), b",", &any_value(dice), b"]"].concat(),
        2 => [&b"{\"url\":"[..], &any_value(dice), b",\"b\":", &any_value(dice), b"}"].concat(),
        _ => VALUES.choose(dice).unwrap().to_vec(),
    }
}

fn any_event(dice: &mut Pcg64Mcg, first: &str, fields: &[&str]) -> Made {
    let mut parts = vec![first.as_bytes().to_vec()];
    for _ in 0..dice.random_range(0..6) {
        let key = fields.choose(dice).unwrap();
        parts.push([format!("\"{key}\":").into_bytes(), any_value(dice)].concat());
    }
    match dice.random_range(0..20) {
        0 => {
            parts.remove(0);
        }
        1 => return Made { bytes: VALUES[dice.random_range(9..14)].to_vec(), is_valid: false },
        _ => parts.rotate_left(1),
    }
    let is_valid = parts.iter().any(|part| part == first.as_bytes());
    Made { bytes: [b"{", parts.join(&b","[..]).as_slice(), b"}"].concat(), is_valid }
}

type Decoded<'t> = Result<Delivery<'t>, RequestError>;
type Event<'t> = Result<Incoming<'t>, Refusal>;

fn events_of(decoded: Decoded<'_>) -> Vec<Event<'_>> {
    decoded.unwrap().events
}

/// Decodes events alone and together, and holds them against each other.
fn check(dice: &mut Pcg64Mcg, list: &str, first: &str, fields: &[&str], decode: fn(&str) -> Decoded<'_>) {
    let events: Vec<Made> = (0..dice.random_range(1..8)).map(|_| any_event(dice, first, fields)).collect();
    let shown =
        || events.iter().map(|made| String::from_utf8_lossy(&made.bytes)).collect::<Vec<_>>().join("\n");
    let body = |events: &[&Made]| {
        let bodies: Vec<&[u8]> = events.iter().map(|made| made.bytes.as_slice()).collect();
        let body = [format!("{{\"{list}\":[").as_bytes(), &bodies.join(&b","[..]), b"]}"].concat();
        text(&body).into_owned()
    };
    let all = body(&events.iter().collect::<Vec<_>>());
    let together = events_of(decode(&all));
    assert_eq!(together.len(), events.len());
    for (made, found) in events.iter().zip(together) {
        assert_eq!(found.is_ok(), made.is_valid, "{found:?}\n{}", String::from_utf8_lossy(&made.bytes));
        let alone = body(&[made]);
        assert_eq!(events_of(decode(&alone)), [found], "beside others it is another\n{}", shown());
    }
}

#[test]
fn every_event_that_is_valid_alone_is_decoded_beside_any_other() {
    let cases = std::env::var("WAYMARK_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(3_000);
    let mut dice = Pcg64Mcg::seed_from_u64(14);
    for _ in 0..cases {
        check(&mut dice, "events", r#""name":"purchase""#, &OWN, own::decode);
        check(&mut dice, "batch", r#""type":"track","event":"purchase""#, &SEGMENT, |body| {
            segment::decode(body, None)
        });
        let made = any_event(&mut dice, r#""type":"track","event":"purchase""#, &SEGMENT);
        let alone = segment::decode(&text(&made.bytes), Some(Call::Page)).map(begins_with_one);
        assert!(!made.is_valid || alone.is_ok_and(|is_event| is_event));
        let made = any_event(&mut dice, r#""n":"purchase","u":"https://shop.example/""#, &PLAUSIBLE);
        let alone = plausible::decode(&text(&made.bytes)).map(begins_with_one);
        assert!(!made.is_valid || alone.is_ok_and(|is_event| is_event));
    }
}

/// The same through the server, to what is stored.
/// Whether the first of a delivery is an event.
fn begins_with_one(delivery: Delivery<'_>) -> bool {
    delivery.events[0].is_ok()
}

#[test]
fn every_event_that_is_valid_alone_is_stored() {
    let folder = Folder::new();
    folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
    let server = Server::start(&folder, &["--rate-limit", "off"]);
    let mut dice = Pcg64Mcg::seed_from_u64(15);
    let mut valid = 0;
    // What decides over a whole event, its time, has tests of its own.
    let fields: Vec<&str> = OWN.into_iter().filter(|field| !matches!(*field, "time" | "id")).collect();
    for _ in 0..60 {
        let events: Vec<Made> =
            (0..20).map(|_| any_event(&mut dice, r#""name":"purchase""#, &fields)).collect();
        let bodies: Vec<&[u8]> = events.iter().map(|made| made.bytes.as_slice()).collect();
        let body = [&b"{\"site\":\"shop\",\"events\":["[..], &bodies.join(&b","[..]), b"]}"].concat();
        let answer = server.post(&body);
        assert_eq!(answer.status, 200, "{}\n{}", answer.text(), String::from_utf8_lossy(&body));
        let expected = events.iter().filter(|made| made.is_valid).count();
        assert_eq!(
            answer.json()["stored"],
            expected,
            "{}\n{}",
            answer.text(),
            String::from_utf8_lossy(&body)
        );
        valid += expected;
    }
    server.stop();
    assert_eq!(stored(&folder).len(), valid);
}
