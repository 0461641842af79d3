//! The client against a collector that fails in every way.

#![allow(clippy::unwrap_used, clippy::panic, reason = "tests stop where they fail")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use waymark_client::{Client, Event, Options, OptionsError, Refused, TrackError};

const LONG: Duration = Duration::from_secs(30);

/// What a collector does with a request.
#[derive(Clone)]
enum Does {
    /// Stores all events.
    Store,
    /// Refuses the events of that name.
    RefuseName(&'static str),
    /// Cannot read a request that has an event of that name.
    CannotRead(&'static str),
    /// Answers with that status.
    Status(u16),
    /// Breaks off after it has read the request.
    BreakOff,
}

struct Collector {
    host: String,
    /// Bodies, in the order they came, with the header that carries the key.
    seen: mpsc::Receiver<(Value, String)>,
}

impl Collector {
    /// Does these with the requests that come, the last one again and again.
    fn new(does: &[Does]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = format!("http://{}", listener.local_addr().unwrap());
        let (sender, seen) = mpsc::channel();
        let does = does.to_vec();
        thread::spawn(move || {
            let mut turn = 0;
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                while let Some((body, key)) = request(&mut stream) {
                    let does = &does[turn.min(does.len() - 1)];
                    turn += 1;
                    let goes_on = answer(stream.get_mut(), does, &body);
                    if sender.send((body, key)).is_err() || !goes_on {
                        break;
                    }
                }
            }
        });
        Self { host, seen }
    }

    fn client(&self, options: impl FnOnce(Options) -> Options) -> Client {
        let options_of = Options::new(&self.host, "shop");
        let quick = Duration::from_millis(1);
        Client::new(options(Options { delay: quick, first_pause: quick, ..options_of })).unwrap()
    }

    fn bodies(&self) -> Vec<Value> {
        self.seen.try_iter().map(|(body, _)| body).collect()
    }
}

fn request(stream: &mut BufReader<TcpStream>) -> Option<(Value, String)> {
    let (mut length, mut key) = (0, String::new());
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(": ") {
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "authorization" => key = value.to_owned(),
                _ => {}
            }
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).ok()?;
    Some((serde_json::from_slice(&body).unwrap(), key))
}

/// Whether the connection goes on.
fn answer(stream: &mut TcpStream, does: &Does, body: &Value) -> bool {
    let names: Vec<&str> =
        body["events"].as_array().unwrap().iter().map(|event| event["name"].as_str().unwrap()).collect();
    let refusal = |(index, _)| json!({ "index": index, "code": "bad_name", "message": "no name" });
    let (status, body) = match does {
        Does::Store => (200, json!({ "stored": names.len(), "duplicates": 0, "refused": [] })),
        Does::RefuseName(name) => {
            let refused: Vec<Value> =
                (0..).zip(&names).filter(|(_, known)| *known == name).map(refusal).collect();
            (200, json!({ "stored": names.len() - refused.len(), "duplicates": 0, "refused": refused }))
        }
        Does::CannotRead(name) if names.contains(name) => {
            (400, json!({ "error": { "code": "too_deep", "message": "deep" } }))
        }
        Does::CannotRead(_) => (200, json!({ "stored": names.len(), "duplicates": 0, "refused": [] })),
        Does::Status(status) => (*status, Value::Null),
        Does::BreakOff => return false,
    };
    let body = body.to_string();
    write!(stream, "HTTP/1.1 {status} X\r\ncontent-length: {}\r\n\r\n{body}", body.len()).is_ok()
}

fn ids(body: &Value) -> Vec<&str> {
    body["events"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap()).collect()
}

#[test]
fn events_go_in_batches_with_all_that_they_say() {
    let collector = Collector::new(&[Does::Store]);
    let client = collector.client(|options| Options { key: Some("wms_secret".to_owned()), ..options });
    let event = Event::new("purchase").id("1").time(5).visitor("v").user("u").key("o").value("19.90 EUR");
    client.track(event.url("https://shop.example/").property("plan", "pro").property("n", 3)).unwrap();
    client.close(LONG).unwrap();
    let (body, key) = collector.seen.recv().unwrap();
    assert_eq!((&body["site"], key.as_str()), (&json!("shop"), "Bearer wms_secret"));
    assert!(body["sent_at"].is_i64());
    let expected = json!([{ "name": "purchase", "id": "1", "time": 5, "visitor": "v", "user": "u", "key": "o",
        "value": "19.90 EUR", "url": "https://shop.example/", "props": { "plan": "pro", "n": 3 } }]);
    assert_eq!(body["events"], expected);
    assert_eq!(client.track(Event::new("late")), Err(TrackError::Closed));
}

#[test]
fn failures_are_tried_again_under_the_same_identifiers() {
    let fails = [Does::Status(503), Does::BreakOff, Does::Status(429), Does::Status(200), Does::Store];
    let collector = Collector::new(&fails);
    let client = collector.client(|options| options);
    client.track(Event::new("a")).unwrap();
    client.flush(LONG).unwrap();
    let bodies = collector.bodies();
    assert_eq!(bodies.len(), fails.len());
    assert!(bodies.iter().all(|body| ids(body) == ids(&bodies[0])), "{bodies:?}");
    assert_eq!(client.waiting(), 0);
}

#[test]
fn what_the_collector_refuses_is_told() {
    let collector = Collector::new(&[Does::RefuseName("bad")]);
    let told: Arc<Mutex<Vec<Refused>>> = Arc::default();
    let hears = Arc::clone(&told);
    let client = collector.client(|options| Options {
        on_refused: Some(Box::new(move |refused| hears.lock().unwrap().push(refused.clone()))),
        delay: LONG,
        ..options
    });
    for name in ["good", "bad", "good"] {
        client.track(Event::new(name)).unwrap();
    }
    client.close(LONG).unwrap();
    assert_eq!(collector.bodies().len(), 1, "one batch");
    let told = told.lock().unwrap();
    assert_eq!((told.len(), told[0].code.as_str()), (1, "bad_name"));
    assert!(told[0].event.contains(r#""name":"bad""#));
}

#[test]
fn one_event_that_cannot_be_read_holds_no_other_up() {
    let collector = Collector::new(&[Does::CannotRead("bad")]);
    let told: Arc<Mutex<Vec<String>>> = Arc::default();
    let hears = Arc::clone(&told);
    let client = collector.client(|options| Options {
        on_refused: Some(Box::new(move |refused| hears.lock().unwrap().push(refused.code.clone()))),
        delay: LONG,
        ..options
    });
    for name in ["a", "b", "c", "bad", "d", "e", "f"] {
        client.track(Event::new(name)).unwrap();
    }
    client.close(LONG).unwrap();
    assert_eq!(*told.lock().unwrap(), ["too_deep"]);
    let bodies = collector.bodies();
    let bad = |body: &&Value| body["events"].as_array().unwrap().iter().any(|event| event["name"] == "bad");
    let mut stored: Vec<&str> = bodies.iter().filter(|body| !bad(body)).flat_map(ids).collect();
    stored.sort_unstable();
    stored.dedup();
    assert_eq!(stored.len(), 6);
}

#[test]
fn nothing_is_dropped_in_silence() {
    let collector = Collector::new(&[Does::Status(503)]);
    let client = collector.client(|options| Options { capacity: 2, ..options });
    client.track(Event::new("a")).unwrap();
    client.track(Event::new("b")).unwrap();
    assert_eq!(client.track(Event::new("c")), Err(TrackError::QueueFull(2)));
    let large = Event::new("d").property("text", "x".repeat(2_000_000));
    assert!(matches!(client.track(large), Err(TrackError::TooLarge { .. })));
    let late = client.close(Duration::from_millis(50)).unwrap_err();
    assert_eq!((late.events, late.cause.as_str()), (2, "the collector answers 503"));
    assert!(matches!(Client::new(Options::new("stats.example", "shop")), Err(OptionsError::Host(_))));
}

#[test]
fn a_panic_of_the_sending_thread_is_told_to_whoever_tracks() {
    let collector = Collector::new(&[Does::RefuseName("bad")]);
    let client = collector.client(|options| Options {
        on_refused: Some(Box::new(|_| panic!("a fault of the caller"))),
        ..options
    });
    client.track(Event::new("bad")).unwrap();
    let late = client.flush(LONG).unwrap_err();
    assert!(late.cause.contains("the client's thread has panicked"), "{late}");
    assert_eq!(client.track(Event::new("good")), Err(TrackError::SenderFailed));
}
