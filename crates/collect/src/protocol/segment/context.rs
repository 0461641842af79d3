//! The context of a call: the page, the campaign, the visitor's surroundings. Of the rest only what is on a list is kept,
//! because clients of apps put identifiers of devices there; what is not is named on the event.

use std::borrow::Cow;

use url::Url;

use super::{
    super::super::{
        Incoming,
        fields::plain,
        incoming::{Property, Told},
        json::{Object, Value},
    },
    Properties,
};

/// Fields of the context that are kept as properties below `context.`.
const KEPT: [&str; 6] = ["app", "groupId", "library", "locale", "os", "timezone"];
/// Parts of the page's address, which is kept as its address is: without the query.
const OF_THE_ADDRESS: [&str; 3] = ["hash", "path", "search"];
/// Fields of a campaign, and the parameters of an address that say the same.
const CAMPAIGN: [(&str, &str); 5] = [
    ("source", "utm_source"),
    ("medium", "utm_medium"),
    ("name", "utm_campaign"),
    ("term", "utm_term"),
    ("content", "utm_content"),
];

/// A context whose fields are taken one by one.
pub(super) struct Context<'t> {
    fields: Object<'t>,
    page: Object<'t>,
}

impl<'t> Context<'t> {
    /// Of anything but an object nothing is read.
    pub(super) fn new(value: Option<Value<'t>>) -> Self {
        let mut fields = object(value);
        let page = object(fields.take("page"));
        Self { fields, page }
    }

    /// What it says of the visitor whose own request this is not.
    pub(super) fn told(&mut self) -> Told<'t> {
        let ip = text(&mut self.fields, "ip").and_then(|ip| ip.parse().ok());
        // What browsers say of themselves in parts goes the way of the whole: neither is kept.
        self.fields.take("userAgentData");
        Told { ip, user_agent: text(&mut self.fields, "userAgent"), country: None }
    }

    /// The traits of the person.
    pub(super) fn traits(&mut self) -> Object<'t> {
        object(self.fields.take("traits"))
    }

    /// A page call says its page among its properties, which count before the context.
    pub(super) fn page_is(&mut self, properties: &mut Object<'t>) {
        for field in ["url", "referrer", "title"].into_iter().chain(OF_THE_ADDRESS) {
            if let Some(value) = properties.take(field).filter(|value| !value.is_null()) {
                self.page.insert(field, value);
            }
        }
    }

    /// Puts the page, the page before and the campaign into the event.
    pub(super) fn place(&mut self, event: &mut Incoming<'t>) {
        event.url = text(&mut self.page, "url");
        event.referrer = text(&mut self.page, "referrer");
        if event.url.is_some() {
            OF_THE_ADDRESS.iter().for_each(|field| drop(self.page.take(field)));
        }
        let params = self.campaign();
        match event.url.as_deref().and_then(|url| Url::parse(url).ok()) {
            _ if params.is_empty() => {}
            // The address says it itself: the client has read the campaign there.
            Some(url) if url.query_pairs().any(|(key, _)| key.starts_with("utm_")) => {}
            Some(mut url) => {
                url.query_pairs_mut().extend_pairs(&params);
                event.url = Some(String::from(url).into());
            }
            None => event.properties.extend(params),
        }
    }

    /// The campaign as parameters of an address; what they have no name for stays.
    fn campaign(&mut self) -> Vec<Property<'t>> {
        let mut campaign = object(self.fields.take("campaign"));
        let param = |(field, param): &(&str, &'static str)| {
            Some((Cow::Borrowed(*param), text(&mut campaign, field)?))
        };
        let params = CAMPAIGN.iter().filter_map(param).collect();
        self.fields.insert("campaign", Value::Object(campaign));
        params
    }

    /// What is left: the title of the page, its path where there is no address, what is on the list, and the names of all else.
    pub(super) fn rest(mut self, properties: &mut Properties<'t>) {
        for field in ["title", "path"] {
            properties.add(field.into(), self.page.take(field));
        }
        for field in KEPT {
            properties.add(format!("context.{field}").into(), self.fields.take(field));
        }
        let page = self.page.into_iter().map(|(field, value)| (Cow::Owned(format!("page.{field}")), value));
        for (field, value) in page.chain(self.fields) {
            properties.leave_out(format!("context.{field}").into(), &value);
        }
    }
}

fn object(value: Option<Value<'_>>) -> Object<'_> {
    match value {
        Some(Value::Object(object)) => object,
        _ => Object::default(),
    }
}

/// A text that is not empty.
fn text<'t>(fields: &mut Object<'t>, field: &str) -> Option<Cow<'t, str>> {
    fields.take(field).and_then(plain).filter(|text| !text.is_empty())
}
