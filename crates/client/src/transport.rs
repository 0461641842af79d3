//! One request to the collector, and what its answer means.

use std::time::Duration;

use serde_json::Value;
use ureq::{Agent, http::Response};

/// Longest wait for an answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// A collector that asks for more is asked again after so long.
const LONGEST_ASKED: u64 = 3_600;

/// What became of a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was read. Events that were refused: place, code, message.
    Read(Vec<(usize, String, String)>),
    /// It may go better later, at the earliest after so long.
    Later {
        /// What happened.
        cause: String,
        /// What the collector asked for.
        after: Option<Duration>,
    },
    /// It was refused as a whole: code, message.
    Refused(String, String),
}

/// Where requests go.
#[derive(Debug)]
pub(crate) struct Transport {
    agent: Agent,
    url: String,
    site: String,
    bearer: Option<String>,
}

impl Transport {
    pub(crate) fn new(host: &str, site: &str, key: Option<&str>) -> Self {
        let config =
            Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE)).build();
        Self {
            agent: config.into(),
            url: format!("{}/v1/events", host.trim_end_matches('/')),
            site: Value::from(site).to_string(),
            bearer: key.map(|key| format!("Bearer {key}")),
        }
    }

    /// Sends events that are JSON each.
    pub(crate) fn send(&self, events: &[String], now: i64) -> Answer {
        let body = format!(r#"{{"site":{},"sent_at":{now},"events":[{}]}}"#, self.site, events.join(","));
        let mut request = self.agent.post(&self.url).header("content-type", "application/json");
        if let Some(bearer) = &self.bearer {
            request = request.header("authorization", bearer);
        }
        match request.send(body) {
            Err(error) => Answer::Later { cause: error.to_string(), after: None },
            Ok(response) => read(response, events.len()),
        }
    }
}

fn read(mut response: Response<ureq::Body>, events: usize) -> Answer {
    let status = response.status().as_u16();
    let asked = response.headers().get("retry-after").and_then(|after| after.to_str().ok()?.parse().ok());
    let after = asked.map(|seconds: u64| Duration::from_secs(seconds.min(LONGEST_ASKED)));
    let text = response.body_mut().read_to_string();
    let body: Value = text.ok().and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
    let field = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    if matches!(status, 408 | 429 | 500..) {
        return Answer::Later { cause: format!("the collector answers {status}"), after };
    }
    if let Some(refused) = body["refused"].as_array() {
        let place =
            |refused: &Value| usize::try_from(refused["index"].as_u64()?).ok().filter(|at| *at < events);
        let read = |refused| Some((place(refused)?, field(refused, "code"), field(refused, "message")));
        return Answer::Read(refused.iter().filter_map(read).collect());
    }
    if (200..300).contains(&status) {
        // Something between us and the collector answered for it.
        return Answer::Later { cause: format!("the answer {status} is not a collector's"), after };
    }
    let (code, message) = (field(&body["error"], "code"), field(&body["error"], "message"));
    if code.is_empty() {
        Answer::Refused(format!("http_{status}"), message)
    } else {
        Answer::Refused(code, message)
    }
}
