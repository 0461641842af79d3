//! From a row's texts to an event: pseudonyms, time, money, limits. It knows no format.

mod draft;
mod order;

use std::sync::Arc;

use waymark_model::{
    Event, Identity, Tag, TextColumn,
    event::NO_VISITOR,
    normal::{Identifier, amount::refunded, identifier, identifier::digits},
};

use draft::Draft;
use order::LastOrder;

use super::{
    amount::{AmountReader, Currencies, Unread, whole},
    error::ImportError,
    field::Field,
    map::Layout,
    notice::Notice,
    record::{CellKind, Record},
    reject::{LONGEST_TEXT, Reject},
    report::Counts,
    times::{Clock, NoTime, TimeReader},
};

/// What turns identifiers into what an event carries; none is kept as it is.
pub trait Pseudonyms: Sync {
    /// The pseudonym of a visitor.
    fn visitor(&self, text: &str) -> u64;
    /// The pseudonym of a user.
    fn user(&self, text: &str) -> u64;
    /// The pseudonym of an order.
    fn key(&self, text: &str) -> u64;
    /// The number of an event's own identifier.
    fn event_id(&self, text: &str) -> u128;
}

/// Makes events of rows.
pub(super) struct Builder<'a> {
    /// What fills which field, in the order of the fields.
    fillings: Arc<Vec<(Field, Origin)>>,
    pub(super) times: TimeReader,
    pub(super) amounts: AmountReader,
    pub(super) pseudonyms: &'a dyn Pseudonyms,
    /// The currency of values that do not say theirs.
    pub(super) currency: Option<&'a str>,
    /// The parameters of addresses that the site keeps as properties.
    pub(super) query_params: &'a [String],
    last: LastOrder,
}

/// Why there is no event.
pub(super) enum Refusal {
    /// The row is rejected.
    Row(Reject),
    /// The row belongs to the order of the row before it.
    LineItem,
    /// The file is refused.
    File(ImportError),
}

impl From<Reject> for Refusal {
    fn from(reject: Reject) -> Self {
        Self::Row(reject)
    }
}

/// Where the text of a field comes from.
enum Origin {
    Column(usize),
    Constant(String),
}

/// A text of a row, and what is said of it.
#[derive(Clone, Copy)]
struct Cell<'t> {
    text: &'t str,
    kind: CellKind,
    line: u64,
}

impl<'a> Builder<'a> {
    pub(super) fn new(
        layout: &Layout,
        (times, amounts): (TimeReader, AmountReader),
        pseudonyms: &'a dyn Pseudonyms,
        currency: Option<&'a str>,
        query_params: &'a [String],
    ) -> Self {
        let columns = layout.slots.iter().map(|(field, column)| (field.clone(), Origin::Column(*column)));
        let constants =
            layout.constants.iter().map(|(field, text)| (field.clone(), Origin::Constant(text.clone())));
        let mut fillings: Vec<_> = columns.chain(constants).collect();
        fillings.sort_by(|(one, _), (other, _)| one.cmp(other));
        Self {
            fillings: Arc::new(fillings),
            times,
            amounts,
            pseudonyms,
            currency,
            query_params,
            last: LastOrder::default(),
        }
    }

    /// Makes the event of a row. When it refuses, the event holds nothing of use.
    pub(super) fn build(
        &mut self,
        record: &Record,
        event: &mut Event,
        counts: &mut Counts,
    ) -> Result<(), Refusal> {
        if record.has_nul() {
            return Err(Reject::Nul.into());
        }
        let mut props = std::mem::take(&mut event.props);
        let made = self.fill(record, Draft::new(event, &mut props, self.query_params), counts);
        event.props = props;
        made
    }

    fn fill(&mut self, record: &Record, mut draft: Draft<'_>, counts: &mut Counts) -> Result<(), Refusal> {
        for (field, from) in Arc::clone(&self.fillings).iter() {
            let (text, kind) = match from {
                Origin::Column(column) => (record.cell(*column).trim(), record.kind(*column)),
                Origin::Constant(text) => (text.as_str(), CellKind::Text),
            };
            if !text.is_empty() {
                self.apply(&mut draft, field, Cell { text, kind, line: record.line })?;
            }
        }
        for (key, value) in record.props() {
            draft.prop(key, value.trim());
        }
        self.finish(draft, record, counts)
    }

    fn apply(&mut self, draft: &mut Draft<'_>, field: &Field, cell: Cell<'_>) -> Result<(), Refusal> {
        let text = cell.text;
        match field {
            Field::Text(column) => return Ok(draft.column(*column, text)?),
            Field::Url => draft.url(text),
            Field::Tag => {
                draft.event.tag = Tag::from_name(text).ok_or_else(|| Reject::BadTag(shown(text)))?;
                return Ok(());
            }
            Field::Prop(key) => {
                draft.prop(key, text);
                return Ok(());
            }
            _ if text.len() > LONGEST_TEXT => return Err(Reject::LongText(field.name()).into()),
            Field::Time | Field::Value | Field::ValueMinor if is_nothing(text) => {}
            Field::Visitor => {
                draft.event.visitor =
                    identified(draft, "visitor", cell).map_or(NO_VISITOR, |id| self.pseudonyms.visitor(&id));
            }
            Field::User => {
                draft.event.user = identified(draft, "user", cell).map(|id| self.pseudonyms.user(&id));
            }
            Field::Key => {
                draft.event.key = identified(draft, "key", cell).map(|id| self.pseudonyms.key(&id));
            }
            Field::EventId => {
                draft.event.event_id =
                    identified(draft, "event_id", cell).map(|id| self.pseudonyms.event_id(&id));
            }
            Field::Time => self.time(draft, cell)?,
            Field::Value => self.value(draft, cell)?,
            Field::ValueMinor => {
                draft.event.value = Some(whole(text).ok_or_else(|| Reject::NotMinor(shown(text)))?);
            }
        }
        Ok(())
    }

    fn time(&self, draft: &mut Draft<'_>, cell: Cell<'_>) -> Result<(), Refusal> {
        let text = cell.text;
        let moment = self.times.read(text).map_err(|reason| match reason {
            NoTime::Unreadable => Reject::BadTime(shown(text)).into(),
            NoTime::Far => Reject::FarTime(shown(text)).into(),
            NoTime::Other(_) if self.times.is_given() => Reject::BadTime(shown(text)).into(),
            NoTime::Other(form) => Refusal::File(self.times.mixed(form, cell.line, text).into()),
        })?;
        match moment.clock {
            Clock::Skipped => draft.notes.notices.push(Notice::SkippedTime(shown(text))),
            Clock::Repeated => draft.notes.notices.push(Notice::RepeatedTime(shown(text))),
            Clock::Zoned | Clock::Local => {}
        }
        draft.event.time = moment.time;
        (draft.notes.is_timed, draft.notes.is_local) = (true, moment.clock != Clock::Zoned);
        Ok(())
    }

    fn value(&mut self, draft: &mut Draft<'_>, cell: Cell<'_>) -> Result<(), Refusal> {
        let own = draft.event.text(TextColumn::Currency);
        let declared = Some(own).filter(|code| !code.is_empty());
        let currencies = Currencies { declared, assumed: self.currency };
        let read = self.amounts.read(cell.text, cell.kind, cell.line, currencies);
        let amount = read.map_err(|error| match error {
            Unread::Row(reason) => Reject::BadValue { text: shown(cell.text), reason }.into(),
            Unread::Column(error) => Refusal::File(error.into()),
        })?;
        draft.event.value = Some(amount.minor);
        if let Some(currency) = amount.currency {
            draft.event.set_text(TextColumn::Currency, &currency);
        }
        if amount.is_rounded {
            draft.notes.notices.push(Notice::Rounded(shown(cell.text)));
        }
        Ok(())
    }

    fn finish(&mut self, draft: Draft<'_>, record: &Record, counts: &mut Counts) -> Result<(), Refusal> {
        let (event, mut notes) = draft.finish();
        if self.last.goes_on(event, notes.is_timed) {
            return Err(Refusal::LineItem);
        }
        event.identity = Identity::Imported;
        if event.value.is_some() && event.text(TextColumn::Currency).is_empty() {
            event.set_text(TextColumn::Currency, self.currency.unwrap_or(""));
        }
        let missing = [
            (event.visitor == NO_VISITOR, "visitor"),
            (!notes.is_timed, "time"),
            (event.text(TextColumn::Name).is_empty(), "name"),
        ];
        if let Some((_, field)) = missing.into_iter().find(|(is_missing, _)| *is_missing) {
            let placeholder = notes.visitor.filter(|_| field == "visitor");
            return Err(Reject::MissingField { field, placeholder }.into());
        }
        event.value = event.value.map(|minor| refunded(event.text(TextColumn::Name), minor));
        self.last.note(event);
        notes.notices.extend(record.long_field.map(|_| Notice::LongField));
        notes.notices.extend(record.quoted.then_some(Notice::QuotesKept));
        counts.redacted += notes.redacted;
        counts.local_times += u64::from(notes.is_local);
        for notice in notes.notices {
            let line = if notice == Notice::LongField { record.long_field } else { None };
            counts.notices.add(line.unwrap_or(record.line), notice);
        }
        Ok(())
    }
}

/// The identifier in a cell, if there is one; a placeholder is noted.
fn identified(draft: &mut Draft<'_>, field: &'static str, cell: Cell<'_>) -> Option<String> {
    let text = match cell.kind {
        CellKind::Number => digits(cell.text),
        // Where formats have no types, whole numbers are often written as pandas does: 1001.0.
        CellKind::Untyped if is_whole_float(cell.text) => digits(cell.text),
        CellKind::Untyped | CellKind::Text => cell.text.into(),
    };
    match identifier(&text) {
        Identifier::Given(id) => Some(id.to_owned()),
        Identifier::Absent => None,
        Identifier::Placeholder(_) => {
            draft.placeholder(field, cell.text);
            None
        }
    }
}

/// Whether the text is digits, a point and zeros.
fn is_whole_float(text: &str) -> bool {
    let Some((whole, zeros)) = text.split_once('.') else { return false };
    let are = |text: &str, of: fn(&u8) -> bool| !text.is_empty() && text.as_bytes().iter().all(of);
    are(whole.strip_prefix('-').unwrap_or(whole), u8::is_ascii_digit) && are(zeros, |byte| *byte == b'0')
}

/// Whether a text stands for no time or no amount. 0 is an amount.
fn is_nothing(text: &str) -> bool {
    text != "0" && identifier(text).is_placeholder()
}

/// A text in a reason: no longer than it need be.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}
