//! Events as CSV. Cells that a spreadsheet would take for a formula get a `'` in front, which imports take off again.

use std::borrow::Cow;

use csv::Writer;
use waymark_collect::formula::guarded;
use waymark_model::{Event, TextColumn};

use super::{EventWriter, ExportError, Output, event_id, moment};

/// The columns that are not texts of the event.
const NUMBERS: [&str; 7] = ["user", "event_id", "value_minor", "key", "verified", "tag", "identity"];

/// Writes events as lines of a table with a head.
pub(super) struct CsvWriter {
    writer: Writer<Output>,
    properties: Vec<String>,
}

impl CsvWriter {
    pub(super) fn new(output: Output, properties: Vec<String>) -> Result<Self, ExportError> {
        let mut writer = Writer::from_writer(output);
        let texts = TextColumn::ALL.map(TextColumn::as_str).into_iter();
        let head = ["time", "visitor"].into_iter().chain(texts).chain(NUMBERS).map(Cow::Borrowed);
        let props = properties.iter().map(|key| Cow::Owned(guarded(&format!("prop.{key}")).into_owned()));
        write(&mut writer, head.chain(props))?;
        Ok(Self { writer, properties })
    }
}

impl EventWriter for CsvWriter {
    fn write(&mut self, event: &Event) -> Result<(), ExportError> {
        let texts = TextColumn::ALL.into_iter().map(|column| guarded(event.text(column)));
        let number =
            |number: Option<u64>| Cow::Owned(number.map_or(String::new(), |number| number.to_string()));
        // A negative value is a number, not a formula.
        let value = event.value.map_or(String::new(), |value| value.to_string());
        let numbers = [
            number(event.user),
            Cow::Owned(event.event_id.map_or(String::new(), event_id)),
            Cow::Owned(value),
            number(event.key),
            Cow::Borrowed(if event.verified { "true" } else { "false" }),
            Cow::Borrowed(event.tag.as_str()),
            Cow::Borrowed(event.identity.as_str()),
        ];
        let head = [Cow::Owned(moment(event.time)), Cow::Owned(event.visitor.to_string())];
        let props = self.properties.iter().map(|key| guarded(event.prop(key).unwrap_or_default()));
        write(&mut self.writer, head.into_iter().chain(texts).chain(numbers).chain(props))
    }

    fn finish(mut self: Box<Self>) -> Result<(), ExportError> {
        Ok(self.writer.flush()?)
    }
}

fn write<'a>(
    writer: &mut Writer<Output>,
    cells: impl Iterator<Item = Cow<'a, str>>,
) -> Result<(), ExportError> {
    let write = || -> Result<(), csv::Error> {
        for cell in cells {
            writer.write_field(cell.as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)
    };
    write().map_err(|error| match error.into_kind() {
        // As it is, so that a closed pipe can be told.
        csv::ErrorKind::Io(error) => ExportError::Output(error),
        kind => ExportError::Output(std::io::Error::other(format!("{kind:?}"))),
    })
}
