//! An event in the making, and what is noted about it.

use std::borrow::Cow;

use waymark_model::{
    Event, TextColumn,
    money::is_currency,
    normal::{self, Fit, Properties, text::fit},
};

use super::{Notice, Reject, shown};
use crate::{
    address::{split, split_path, without_query},
    enrich::{Page, Referrer, UrlError, url::kept_of},
    redact::redact,
};

/// An event in the making.
pub(super) struct Draft<'e> {
    pub(super) event: &'e mut Event,
    props: Properties<'e>,
    /// The parameters of addresses that the site keeps.
    query_params: &'e [String],
    pub(super) notes: Notes,
}

/// What is noted about an event.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) is_timed: bool,
    pub(super) is_local: bool,
    pub(super) notices: Vec<Notice>,
    pub(super) redacted: u64,
    /// The placeholder in the visitor's place.
    pub(super) visitor: Option<String>,
}

impl<'e> Draft<'e> {
    /// An empty event; its properties are gathered in a list whose buffers are used again.
    pub(super) fn new(
        event: &'e mut Event,
        props: &'e mut Vec<(String, String)>,
        query_params: &'e [String],
    ) -> Self {
        event.clear();
        Self { event, props: Properties::over(props), query_params, notes: Notes::default() }
    }

    /// Ends the properties, and gives what was noted.
    pub(super) fn finish(self) -> (&'e mut Event, Notes) {
        self.props.finish();
        (self.event, self.notes)
    }

    /// Notes a placeholder where an identifier is expected.
    pub(super) fn placeholder(&mut self, field: &'static str, text: &str) {
        if field == "visitor" {
            self.notes.visitor = Some(shown(text));
        } else {
            self.notes.notices.push(Notice::Placeholder { field, text: shown(text) });
        }
    }

    pub(super) fn column(&mut self, column: TextColumn, text: &str) -> Result<(), Reject> {
        match column {
            TextColumn::Currency => {
                let code = text.to_ascii_uppercase();
                if !is_currency(&code) {
                    return Err(Reject::BadCurrency(shown(text)));
                }
                self.event.set_text(column, &code);
            }
            TextColumn::Name => {
                if let Some(name) = normal::name(text) {
                    self.repaired(name.is_repaired, column);
                    self.text(column, &name.text);
                }
            }
            TextColumn::Host => self.text(column, &host(text)),
            TextColumn::Path if !text.contains("://") => {
                let path = if text.starts_with('/') {
                    split_path(text).page(false)
                } else {
                    without_query(text).into()
                };
                self.text(column, &normal::path(&path));
            }
            TextColumn::Path => match Page::read(text, &[], &[], false) {
                Ok(page) => self.text(column, &page.path),
                Err(_) => self.text(column, &normal::path(without_query(text))),
            },
            TextColumn::Referrer => {
                let address = match Referrer::read(text) {
                    Some(referrer) => format!("{}{}", referrer.host, referrer.path),
                    None => {
                        let address = split(text);
                        format!("{}{}", address.host, address.path)
                    }
                };
                self.text(column, &address);
            }
            _ => self.text(column, text),
        }
        Ok(())
    }

    /// The page's address, read as the collector does; one without scheme or host as far as it goes.
    pub(super) fn url(&mut self, text: &str) {
        match Page::read(text, self.query_params, &[], false) {
            Ok(page) => {
                self.place(&page.host, &page.path);
                let campaign = page.campaign;
                self.campaign([&campaign.source, &campaign.medium, &campaign.campaign]);
                for (key, value) in page.params {
                    self.set(&key, &value);
                }
                self.notes.redacted += u64::from(page.is_redacted);
                self.repaired(page.is_cut, TextColumn::Path);
            }
            Err(UrlError::TooLong) => self.left_out("url"),
            Err(_) => {
                // The screen of an app, say: as far as it can be told apart.
                let address = split(text);
                self.place(&host(&address.host), &normal::path(&address.page(false)));
            }
        }
    }

    fn place(&mut self, host: &str, path: &str) {
        self.text(TextColumn::Host, host);
        self.text(TextColumn::Path, path);
    }

    fn campaign(&mut self, texts: [&str; 3]) {
        for (column, text) in
            [TextColumn::Source, TextColumn::Medium, TextColumn::Campaign].into_iter().zip(texts)
        {
            self.text(column, text);
        }
    }

    fn text(&mut self, column: TextColumn, text: &str) {
        let fitted = fit(text);
        self.repaired(fitted.is_repaired, column);
        let kept = redact(&fitted.text);
        self.notes.redacted += u64::from(matches!(kept, Cow::Owned(_)));
        self.event.set_text(column, &kept);
    }

    fn repaired(&mut self, is_repaired: bool, column: TextColumn) {
        self.notes.notices.extend(is_repaired.then(|| Notice::Repaired(column.as_str().to_owned())));
    }

    fn left_out(&mut self, what: &str) {
        self.notes.notices.push(Notice::LeftOut(what.to_owned()));
    }

    /// Sets a property; the last of one key counts. Of an address it keeps what the collector keeps of one.
    pub(super) fn prop(&mut self, key: &str, value: &str) {
        match kept_of(value, self.query_params) {
            Some(kept) => self.set(key, &kept),
            None => self.set(key, value),
        }
    }

    fn set(&mut self, key: &str, value: &str) {
        let (key, kept) = (redact(key), redact(value));
        let is_redacted = |text: &Cow<'_, str>| matches!(text, Cow::Owned(_));
        self.notes.redacted += u64::from(is_redacted(&key)) + u64::from(is_redacted(&kept));
        match self.props.set(&key, &kept) {
            Fit::Kept | Fit::Nothing => {}
            Fit::Repaired => self.notes.notices.push(Notice::Repaired(shown(&key))),
            Fit::LeftOut => self.left_out(&shown(&key)),
        }
    }
}

fn host(text: &str) -> String {
    normal::host(text).unwrap_or_else(|_| text.to_lowercase())
}
