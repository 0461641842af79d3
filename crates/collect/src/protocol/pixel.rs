//! A picture instead of a script, for pages and mails that run none: the event is in the picture's address.

use url::form_urlencoded;

use super::{
    super::{
        Delivery, RequestError,
        json::{Object, Value},
    },
    own,
};

/// What a property's parameter begins with.
const PROP: &str = "prop.";

/// Reads the query of a picture's address: the fields of an event in Waymark's own protocol, and `prop.KEY` for
/// properties. Without a name it is a page view; without an address the page that shows the picture, `page`.
///
/// # Errors
/// When all of it is refused; what is wrong with the event stands in its place.
pub fn decode<'t>(query: &'t str, page: Option<&'t str>) -> Result<Delivery<'t>, RequestError> {
    let (mut event, mut properties) = (Object::default(), Object::default());
    event.insert("name", Value::Text(waymark_model::event::PAGE_VIEW.into()));
    if let Some(page) = page {
        event.insert("url", Value::Text(page.into()));
    }
    for (key, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = Value::Text(value);
        match key.strip_prefix(PROP) {
            Some(name) => properties.insert(name.to_owned(), value),
            // What only a program says of itself is no matter of a picture.
            None if matches!(key.as_ref(), "events" | "sent_at" | "load" | "time") => {}
            None => event.insert(key, value),
        }
    }
    event.insert("props", Value::Object(properties));
    own::delivery(Value::Object(event))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_holds_the_event() {
        let page = Some("https://shop.example/mail");
        let delivery = decode("site=shop&prop.list=news%20letter&value=5&currency=EUR", page).unwrap();
        assert_eq!(delivery.site.as_deref(), Some("shop"));
        let event = delivery.events[0].clone().unwrap();
        assert_eq!((event.name.as_ref(), event.url.as_deref(), event.value), ("pageview", page, Some(500)));
        assert_eq!(event.properties, [("list".into(), "news letter".into())]);
        let named = decode("site=shop&name=open&url=https://shop.example/x", page).unwrap();
        let event = named.events[0].clone().unwrap();
        assert_eq!((event.name.as_ref(), event.url.as_deref()), ("open", Some("https://shop.example/x")));
    }

    #[test]
    fn a_parameter_that_nobody_knows_is_a_property() {
        let delivery = decode("site=shop&list=news&nmae=open", None).unwrap();
        let event = delivery.events[0].clone().unwrap();
        let expected = [("list", "news"), ("nmae", "open")];
        assert_eq!(event.properties, expected.map(|(key, value)| (key.into(), value.into())));
        assert_eq!(
            event.remarks.iter().map(|remark| remark.reason.code()).collect::<Vec<_>>(),
            ["unknown_field"; 2]
        );
    }
}
