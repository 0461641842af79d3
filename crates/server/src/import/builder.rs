//! From a row's texts to an event: pseudonyms, time, money, addresses, limits. It knows no format.

use waymark_model::{
    Event, Identity, Tag, TextColumn,
    money::{decimals, is_currency, minor_units},
};

use crate::{
    address::{split, without_query},
    redact::redact,
};

use super::{
    amount::whole,
    error::ImportError,
    field::{Field, LONGEST_KEY, MOST_PROPS},
    map::Layout,
    record::Record,
    reject::{LONGEST_TEXT, Reject},
    report::Counts,
    times::{NoTime, TimeReader},
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

/// Texts that programs write for an identifier, time or value that there is not.
const NOTHING: [&str; 7] = ["NULL", "null", "\\N", "NaN", "nan", "NA", "None"];

/// Makes events of rows.
pub(super) struct Builder<'a> {
    pub(super) layout: Layout,
    pub(super) times: TimeReader,
    pub(super) pseudonyms: &'a dyn Pseudonyms,
    /// The currency of values that do not say theirs.
    pub(super) currency: Option<&'a str>,
}

/// Why there is no event.
pub(super) enum Refusal {
    /// The row is rejected.
    Row(Reject),
    /// The file is refused.
    File(ImportError),
}

impl From<Reject> for Refusal {
    fn from(reject: Reject) -> Self {
        Self::Row(reject)
    }
}

/// An event in the making.
struct Draft<'e> {
    event: &'e mut Event,
    props: usize,
    timed: bool,
    redacted: u64,
    rounded: u64,
}

impl Builder<'_> {
    /// Makes the event of a row. When it refuses, the event holds nothing of use.
    pub(super) fn build(
        &self,
        record: &Record,
        event: &mut Event,
        counts: &mut Counts,
    ) -> Result<(), Refusal> {
        if record.has_nul() {
            return Err(Reject::Nul.into());
        }
        let mut draft = Draft::new(event);
        for (field, column) in &self.layout.slots {
            let text = record.cell(*column).trim();
            if !text.is_empty() {
                self.apply(&mut draft, field, text, record.line)?;
            }
        }
        for (key, value) in record.props() {
            draft.prop(key, value.trim())?;
        }
        self.finish(draft, counts)
    }

    fn apply(&self, draft: &mut Draft<'_>, field: &Field, text: &str, line: u64) -> Result<(), Refusal> {
        match field {
            Field::Text(column) => return Ok(draft.column(*column, text)?),
            Field::Url => return Ok(draft.url(text)?),
            Field::Tag => {
                draft.event.tag = Tag::from_name(text).ok_or_else(|| Reject::BadTag(shown(text)))?;
                return Ok(());
            }
            Field::Prop(key) => return Ok(draft.prop(key, text)?),
            _ if text.len() > LONGEST_TEXT => return Err(Reject::LongText(field.name()).into()),
            _ if NOTHING.contains(&text) => return Ok(()),
            Field::Visitor => draft.event.visitor = self.pseudonyms.visitor(text),
            Field::User => draft.event.user = Some(self.pseudonyms.user(text)),
            Field::Key => draft.event.key = Some(self.pseudonyms.key(text)),
            Field::EventId => draft.event.event_id = Some(self.pseudonyms.event_id(text)),
            Field::Time => {
                draft.event.time = self.time(text, line)?;
                draft.timed = true;
            }
            Field::Value => draft.value(text, self.currency)?,
            Field::ValueMinor => {
                draft.event.value = Some(whole(text).ok_or_else(|| Reject::BadValue(shown(text)))?);
            }
        }
        Ok(())
    }

    fn time(&self, text: &str, line: u64) -> Result<i64, Refusal> {
        self.times.read(text).map_err(|reason| match reason {
            NoTime::Unreadable => Reject::BadTime(shown(text)).into(),
            NoTime::Far => Reject::FarTime(shown(text)).into(),
            NoTime::Other(_) if self.times.is_given() => Reject::BadTime(shown(text)).into(),
            NoTime::Other(form) => Refusal::File(self.times.mixed(form, line, text).into()),
        })
    }

    fn finish(&self, draft: Draft<'_>, counts: &mut Counts) -> Result<(), Refusal> {
        let Draft { event, props, timed, redacted, rounded } = draft;
        event.props.truncate(props);
        event.identity = Identity::Imported;
        if event.value.is_some() && event.text(TextColumn::Currency).is_empty() {
            event.set_text(TextColumn::Currency, self.currency.unwrap_or(""));
        }
        let missing = [
            (event.visitor == waymark_model::event::NO_VISITOR, "visitor"),
            (!timed, "time"),
            (event.text(TextColumn::Name).is_empty(), "name"),
        ];
        if let Some((_, name)) = missing.into_iter().find(|(is_missing, _)| *is_missing) {
            return Err(Reject::MissingField(name).into());
        }
        counts.redacted += redacted;
        counts.rounded += rounded;
        Ok(())
    }
}

impl<'e> Draft<'e> {
    /// An empty event that keeps its buffers, those of its properties included.
    fn new(event: &'e mut Event) -> Self {
        let props = std::mem::take(&mut event.props);
        event.clear();
        event.props = props;
        Self { event, props: 0, timed: false, redacted: 0, rounded: 0 }
    }

    fn column(&mut self, column: TextColumn, text: &str) -> Result<(), Reject> {
        match column {
            TextColumn::Currency => {
                let code = text.to_ascii_uppercase();
                if !is_currency(&code) {
                    return Err(Reject::BadCurrency(shown(text)));
                }
                self.event.set_text(column, &code);
                Ok(())
            }
            TextColumn::Path if text.contains("://") || text.starts_with('/') => {
                self.text(column, &split(text).page(false))
            }
            TextColumn::Path => self.text(column, without_query(text)),
            TextColumn::Referrer => {
                let address = split(text);
                self.text(column, &format!("{}{}", address.host, address.path))
            }
            _ => self.text(column, text),
        }
    }

    fn url(&mut self, text: &str) -> Result<(), Reject> {
        let address = split(text);
        self.text(TextColumn::Host, &address.host)?;
        self.text(TextColumn::Path, &address.page(false))?;
        let campaign = address.campaign();
        self.text(TextColumn::Source, &campaign.source)?;
        self.text(TextColumn::Medium, &campaign.medium)?;
        self.text(TextColumn::Campaign, &campaign.campaign)
    }

    fn text(&mut self, column: TextColumn, text: &str) -> Result<(), Reject> {
        if text.len() > LONGEST_TEXT {
            return Err(Reject::LongText(column.as_str().to_owned()));
        }
        let kept = redact(text);
        self.redacted += u64::from(matches!(kept, std::borrow::Cow::Owned(_)));
        self.event.set_text(column, &kept);
        Ok(())
    }

    fn value(&mut self, text: &str, currency: Option<&str>) -> Result<(), Reject> {
        let own = self.event.text(TextColumn::Currency);
        let currency = if own.is_empty() { currency.unwrap_or("") } else { own };
        let value = minor_units(text, decimals(currency)).ok_or_else(|| Reject::BadValue(shown(text)))?;
        self.event.value = Some(value.0);
        self.rounded += u64::from(value.1);
        Ok(())
    }

    /// Sets a property; the last of one key counts, an empty one is none.
    fn prop(&mut self, key: &str, value: &str) -> Result<(), Reject> {
        if value.is_empty() || key.is_empty() {
            return Ok(());
        }
        if key.len() > LONGEST_KEY {
            return Err(Reject::LongKey);
        }
        if value.len() > LONGEST_TEXT {
            return Err(Reject::LongText(format!("property {key}")));
        }
        let (key, kept) = (redact(key), redact(value));
        let is_redacted = |text: &std::borrow::Cow<'_, str>| matches!(text, std::borrow::Cow::Owned(_));
        self.redacted += u64::from(is_redacted(&key)) + u64::from(is_redacted(&kept));
        let props = &mut self.event.props;
        let known = props[..self.props].iter().position(|(known, _)| *known == key);
        let at = known.unwrap_or(self.props);
        if at == MOST_PROPS {
            return Err(Reject::ManyProps);
        }
        if at == props.len() {
            props.push(Default::default());
        }
        let (own_key, own_value) = &mut props[at];
        own_key.clear();
        own_key.push_str(&key);
        own_value.clear();
        own_value.push_str(&kept);
        self.props = self.props.max(at + 1);
        Ok(())
    }
}

/// A text in a reason: no longer than it need be.
fn shown(text: &str) -> String {
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}
