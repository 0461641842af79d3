//! How many names of events, and keys of properties, a site has. What anybody may send is bounded, so that a flood harms no report
//! and no memory; what the site's owner and servers use has its place whatever others send. It must not know where events come
//! from.

use std::collections::{HashMap, HashSet};

use waymark_model::{
    Event, Tag, TextColumn,
    event::{OTHER_NAME, PAGE_VIEW, RAW_NAME, REFUND},
};

/// Names that events of senders without a key may have.
pub const MOST_NAMES: usize = 1_000;
/// Property keys that they may have. In memory each key takes room for every row.
pub const MOST_KEYS: usize = 500;
/// Words of senders with a key that are remembered, so that others may use them too.
const MOST_TRUSTED: usize = 10_000;
/// The property that keeps properties past the bound, as one JSON object.
pub const MORE_PROPERTIES: &str = "$properties";

/// Events that Waymark's own clients send: they are known from the beginning, and take no place.
const OWN: [&str; 17] = [
    PAGE_VIEW,
    REFUND,
    OTHER_NAME,
    "$outbound",
    "$download",
    "$form_start",
    "$form_step",
    "$form_submit",
    "$form_abandon",
    "$scroll",
    "$engagement",
    "$video",
    "$social",
    "$copy",
    "$identify",
    "$group",
    "$alias",
];

/// Who uses a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// Events that are left out of results: tests, robots, own people.
    LeftOut,
    /// Anybody.
    Public,
    /// The site's own servers, or its files.
    Trusted,
}

/// What an owner decided about a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It has a place, whoever sends it.
    Admitted,
    /// It has none, unless a definition or a sender with a key uses it.
    Forgotten,
}

/// The names of a site's events, or the keys of their properties.
#[derive(Debug, Default)]
pub struct Vocabulary {
    /// Words that definitions use.
    defined: HashSet<Box<str>>,
    /// What an owner decided.
    decided: HashMap<Box<str>, Decision>,
    used: HashMap<Box<str>, Use>,
    /// Of `used`: those that take a place for good, and those of events that are left out.
    public: usize,
    left_out: usize,
    trusted: usize,
}

impl Vocabulary {
    /// Notes that stored events have the word.
    pub fn stored(&mut self, word: &str, by: Use) {
        self.note(word, by);
    }

    /// Says which words definitions use, and what an owner decided about others.
    pub fn decide(&mut self, defined: HashSet<Box<str>>, decided: HashMap<Box<str>, Decision>) {
        (self.defined, self.decided) = (defined, decided);
        let settled: Vec<Box<str>> = self.used.keys().filter(|word| self.is_settled(word)).cloned().collect();
        settled.iter().for_each(|word| self.drop_place(word));
    }

    /// Whether an event may use the word. If it may, and needs a place, it has one from now on.
    pub fn admit(&mut self, word: &str, by: Use, most: usize) -> bool {
        if by == Use::Trusted {
            if self.trusted < MOST_TRUSTED {
                self.note(word, by);
            }
            return true;
        }
        if self.defined.contains(word) || self.decided.get(word) == Some(&Decision::Admitted) {
            return true;
        }
        match self.used.get(word) {
            Some(Use::LeftOut) if by == Use::Public => {}
            Some(_) => return true,
            None if self.is_forgotten(word) => return false,
            None => {}
        }
        let taken = if by == Use::Public { self.public } else { self.left_out };
        let has_room = taken < most;
        if has_room {
            self.note(word, by);
        }
        has_room
    }

    /// Places that senders without a key have taken.
    #[must_use]
    pub const fn taken(&self) -> usize {
        self.public
    }

    /// Whether a definition uses the word.
    #[must_use]
    pub fn is_defined(&self, word: &str) -> bool {
        self.defined.contains(word)
    }

    /// Who uses the word, if anybody does who counts for that.
    #[must_use]
    pub fn used_by(&self, word: &str) -> Option<Use> {
        self.used.get(word).copied()
    }

    /// Whether the word takes no place, whatever senders without a key send.
    fn is_settled(&self, word: &str) -> bool {
        let is_trusted = self.used.get(word) == Some(&Use::Trusted);
        !is_trusted && (self.defined.contains(word) || self.decided.contains_key(word))
    }

    fn is_forgotten(&self, word: &str) -> bool {
        self.decided.get(word) == Some(&Decision::Forgotten) && self.used.get(word) != Some(&Use::Trusted)
    }

    /// Of several uses the one that counts for most stays.
    fn note(&mut self, word: &str, by: Use) {
        if self.used.get(word).is_some_and(|known| *known >= by)
            || (by < Use::Trusted && self.is_settled(word))
        {
            return;
        }
        self.drop_place(word);
        self.used.insert(word.into(), by);
        *self.count(by) += 1;
    }

    fn drop_place(&mut self, word: &str) {
        if let Some(by) = self.used.remove(word) {
            let count = self.count(by);
            *count = count.saturating_sub(1);
        }
    }

    const fn count(&mut self, by: Use) -> &mut usize {
        match by {
            Use::LeftOut => &mut self.left_out,
            Use::Public => &mut self.public,
            Use::Trusted => &mut self.trusted,
        }
    }
}

/// What a site's events are told apart by.
#[derive(Debug, Default)]
pub struct Words {
    /// Names of events.
    pub names: Vocabulary,
    /// Keys of properties.
    pub keys: Vocabulary,
}

/// What an event could not keep in its own place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Aside {
    /// It is called `(other)`, and a property keeps its name.
    pub name: bool,
    /// Some of its properties are kept in one.
    pub properties: bool,
}

impl Words {
    /// Lets an event keep its name and properties, or puts aside what has no place. `is_trusted`: its sender has a key.
    pub fn admit(&mut self, event: &mut Event, is_trusted: bool) -> Aside {
        let by = match (is_trusted, event.tag) {
            (true, _) => Use::Trusted,
            (false, Tag::None) => Use::Public,
            (false, _) => Use::LeftOut,
        };
        let properties = self.admit_keys(event, by);
        Aside { name: self.admit_name(event, by), properties }
    }

    fn admit_name(&mut self, event: &mut Event, by: Use) -> bool {
        let name = event.text(TextColumn::Name);
        if OWN.contains(&name) || self.names.admit(name, by, MOST_NAMES) {
            return false;
        }
        let name = name.to_owned();
        event.set_text(TextColumn::Name, OTHER_NAME);
        event.props.push((RAW_NAME.to_owned(), name));
        true
    }

    fn admit_keys(&mut self, event: &mut Event, by: Use) -> bool {
        // Keys that Waymark sets itself are few.
        let mut may = |key: &str| key.starts_with('$') || self.keys.admit(key, by, MOST_KEYS);
        if event.props.iter().all(|(key, _)| may(key)) {
            return false;
        }
        let (kept, aside): (Vec<_>, Vec<_>) =
            std::mem::take(&mut event.props).into_iter().partition(|(key, _)| may(key));
        event.props = kept;
        let aside: serde_json::Map<_, _> =
            aside.into_iter().map(|(key, value)| (key, value.into())).collect();
        event.props.push((MORE_PROPERTIES.to_owned(), serde_json::Value::Object(aside).to_string()));
        true
    }
}

/// Whether Waymark's own clients send events of that name.
#[must_use]
pub fn is_own(name: &str) -> bool {
    OWN.contains(&name)
}

#[cfg(test)]
mod tests;
