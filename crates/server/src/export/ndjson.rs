//! Events as NDJSON: an object a line, without what the event does not have. Hashes are texts, since JSON's numbers
//! lose digits.

use std::{collections::BTreeMap, io::Write as _};

use serde::Serialize;
use serde_json::Value;
use waymark_model::{Event, Identity, Tag, TextColumn};

use super::{EventWriter, ExportError, Output, event_id, moment};

/// Writes events as lines of JSON.
pub(super) struct NdjsonWriter(Output);

impl NdjsonWriter {
    pub(super) const fn new(output: Output) -> Self {
        Self(output)
    }
}

#[derive(Serialize)]
struct Line<'a> {
    time: String,
    visitor: String,
    #[serde(flatten)]
    texts: BTreeMap<&'static str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    event_id: Option<String>,
    #[serde(rename = "value_minor", skip_serializing_if = "Option::is_none")]
    value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    verified: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    tag: Option<Tag>,
    identity: Identity,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    prop: BTreeMap<&'a str, Value>,
}

impl EventWriter for NdjsonWriter {
    fn write(&mut self, event: &Event) -> Result<(), ExportError> {
        let texts = TextColumn::ALL.into_iter().map(|column| (column.as_str(), event.text(column)));
        let line = Line {
            time: moment(event.time),
            visitor: event.visitor.to_string(),
            texts: texts.filter(|(_, text)| !text.is_empty()).collect(),
            user: event.user.map(|user| user.to_string()),
            event_id: event.event_id.map(event_id),
            value: event.value,
            key: event.key.map(|key| key.to_string()),
            verified: event.verified,
            tag: (event.tag != Tag::None).then_some(event.tag),
            identity: event.identity,
            prop: event
                .props
                .iter()
                .map(|(key, value)| (key.as_str(), Value::from(value.as_str())))
                .collect(),
        };
        serde_json::to_writer(&mut self.0, &line).map_err(|error| ExportError::Output(error.into()))?;
        Ok(self.0.write_all(b"\n")?)
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        Ok(self.0.flush()?)
    }
}
