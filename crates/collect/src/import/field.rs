//! What a column of a file can be mapped to, by name. It knows no file.

use waymark_model::TextColumn;

pub use waymark_model::normal::limits::{KEY_BYTES as LONGEST_KEY, PROPERTIES as MOST_PROPS};

const PROP: &str = "prop.";

/// A part of an event that a column of the file fills. In this order they are filled, so that a currency is known
/// before a value, and an address yields to what has a column of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Identifier of the visitor; only its pseudonym is kept.
    Visitor,
    /// When it happened.
    Time,
    /// The address of the page: gives host, path, source, medium and campaign.
    Url,
    /// A text of the event.
    Text(TextColumn),
    /// Identifier of the user; only its pseudonym is kept.
    User,
    /// Identifier of the order or transaction; only its pseudonym is kept.
    Key,
    /// Value in the currency's major units: `19.90`.
    Value,
    /// Value in the currency's minor units: `1990`.
    ValueMinor,
    /// Identifier of the event itself.
    EventId,
    /// `bot`, `internal` or `test`.
    Tag,
    /// A property of that key.
    Prop(String),
}

/// The fields that have one name each, without texts and properties.
const NAMED: [(&str, Field); 9] = [
    ("visitor", Field::Visitor),
    ("time", Field::Time),
    ("url", Field::Url),
    ("user", Field::User),
    ("key", Field::Key),
    ("value", Field::Value),
    ("value_minor", Field::ValueMinor),
    ("event_id", Field::EventId),
    ("tag", Field::Tag),
];

impl Field {
    /// What every event needs.
    pub const REQUIRED: [Self; 3] = [Self::Visitor, Self::Time, Self::Text(TextColumn::Name)];

    /// The field of that name, if there is one.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let property =
            || name.strip_prefix(PROP).filter(|key| !key.is_empty()).map(str::to_owned).map(Self::Prop);
        let named = NAMED.iter().find(|(known, _)| *known == name).map(|(_, field)| field.clone());
        named.or_else(|| TextColumn::from_name(name).map(Self::Text)).or_else(property)
    }

    /// The field's name in maps and messages.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Text(column) => column.as_str().to_owned(),
            Self::Prop(key) => format!("{PROP}{key}"),
            _ => NAMED
                .iter()
                .find(|(_, field)| field == self)
                .map_or(String::new(), |(name, _)| (*name).to_owned()),
        }
    }

    /// The names of all fields; `prop.` stands for the properties.
    pub(super) fn names() -> impl Iterator<Item = &'static str> + Clone {
        let named = NAMED.iter().map(|(name, _)| *name);
        named.chain(TextColumn::ALL.into_iter().map(TextColumn::as_str)).chain([PROP])
    }
}

/// The name among `known` that was probably meant by `name`: one that holds it or lies in it, or else the nearest.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let given = name.to_lowercase();
    let part = |candidate: &&str| {
        let candidate = candidate.to_lowercase();
        candidate.len().min(given.len()) >= 3 && (candidate.contains(&given) || given.contains(&candidate))
    };
    known.clone().into_iter().find(part).or_else(|| waymark_model::nearest(name, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_the_names_they_give() {
        for name in Field::names().filter(|name| *name != PROP).chain(["prop.item", "prop.a.b"]) {
            assert_eq!(Field::from_name(name).map(|field| field.name()).as_deref(), Some(name));
        }
        for name in ["", "prop.", "visitorid", "Visitor"] {
            assert_eq!(Field::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_nearest_name_is_suggested_only_when_near() {
        let known = ["timestamp", "visitorid", "event", "itemid"];
        for (name, expected) in [
            ("visitor", Some("visitorid")),
            ("timestmp", Some("timestamp")),
            ("Event", Some("event")),
            ("url", None),
        ] {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
    }
}
