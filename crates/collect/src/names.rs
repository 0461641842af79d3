//! The words of all sites, in memory: each site's are read once from what it has stored, and from its definitions whenever they
//! change.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use waymark_model::{
    Condition, Dimension, Event, Identity, Predicate, SiteDefinition, Test, TextColumn, Trigger,
    definitions::What,
};
use waymark_store::{
    catalog::NameDecision,
    columns::{ColumnsError, Part, TextCodes},
};

use super::cardinality::{Aside, Decision, Use, Vocabulary, Words};

/// What owners decided about names.
pub type Decisions = HashMap<Box<str>, Decision>;

/// What owners decided, from what the catalog has of it.
#[must_use]
pub fn decisions(decided: Vec<NameDecision>) -> Decisions {
    let decision = |admitted| if admitted { Decision::Admitted } else { Decision::Forgotten };
    decided.into_iter().map(|one| (one.name.into(), decision(one.is_admitted))).collect()
}

/// The words of sites by the site's number.
#[derive(Debug, Default)]
pub struct Names(RwLock<HashMap<i64, Arc<Mutex<Words>>>>);

impl Names {
    /// Reads the words of a site's stored events. Those that came since stay known.
    ///
    /// # Errors
    /// When a column cannot be read.
    pub fn read(&self, site: i64, parts: &[Part]) -> Result<(), ColumnsError> {
        let (names, keys) = (stored_names(parts)?, stored_keys(parts)?);
        let words = self.of(site);
        let mut words = locked(&words);
        names.iter().for_each(|(name, by)| words.names.stored(name, *by));
        keys.iter().for_each(|(key, by)| words.keys.stored(key, *by));
        Ok(())
    }

    /// Takes over what a site's definitions use and what its owner decided about names.
    pub fn decide(&self, site: i64, definition: &SiteDefinition, decisions: Decisions) {
        let (names, keys) = words_of(definition);
        let words = self.of(site);
        let mut words = locked(&words);
        words.names.decide(names, decisions);
        words.keys.decide(keys, HashMap::new());
    }

    /// Lets each of the events keep its name and properties, or puts aside what has no place: see [`Words::admit`].
    pub fn admit(&self, site: i64, events: &mut [Event], is_trusted: bool) -> Vec<Aside> {
        let words = self.of(site);
        let mut words = locked(&words);
        events.iter_mut().map(|event| words.admit(event, is_trusted)).collect()
    }

    fn of(&self, site: i64) -> Arc<Mutex<Words>> {
        if let Some(words) = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&site) {
            return Arc::clone(words);
        }
        Arc::clone(self.0.write().unwrap_or_else(PoisonError::into_inner).entry(site).or_default())
    }
}

fn locked(words: &Mutex<Words>) -> MutexGuard<'_, Words> {
    words.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The names of a site's stored events, with how many of them senders without a key have taken places for.
///
/// # Errors
/// When a column cannot be read.
pub fn vocabulary(
    parts: &[Part],
    definition: &SiteDefinition,
    decisions: Decisions,
) -> Result<Vocabulary, ColumnsError> {
    let mut names = Vocabulary::default();
    names.decide(words_of(definition).0, decisions);
    stored_names(parts)?.iter().for_each(|(name, by)| names.stored(name, *by));
    Ok(names)
}

/// The names of stored events that take a place, each with the use of it that counts for most.
fn stored_names(parts: &[Part]) -> Result<HashMap<Box<str>, Use>, ColumnsError> {
    let mut found: HashMap<Box<str>, Use> = HashMap::new();
    for part in parts {
        let Some(names) = part.columns.text(&Dimension::Column(TextColumn::Name))? else { continue };
        let by_code = uses(part, &names)?;
        for (name, by) in names.dictionary.texts().iter().zip(by_code) {
            let Some(by) = by.filter(|_| !name.is_empty() && !super::cardinality::is_own(name)) else {
                continue;
            };
            found.entry(name.into()).and_modify(|known| *known = by.max(*known)).or_insert(by);
        }
    }
    Ok(found)
}

/// Who uses each of the names of a part.
fn uses(part: &Part, names: &TextCodes) -> Result<Vec<Option<Use>>, ColumnsError> {
    let (tags, identities) = (part.columns.tags()?, part.columns.identities()?);
    let verified: HashSet<u32> = part.columns.verified()?.iter().copied().collect();
    let imported = Identity::Imported as u8;
    let all_imported = part.bounds.identities == [Identity::Imported];
    let mut uses = vec![None; names.dictionary.texts().len()];
    for row in 0..names.codes.len() {
        let is_imported = identities.as_ref().map_or(all_imported, |each| each[row] == imported);
        let is_verified = u32::try_from(row).is_ok_and(|row| verified.contains(&row));
        let by = match tags.as_ref().is_some_and(|tags| tags[row] != 0) {
            _ if is_imported || is_verified => Use::Trusted,
            true => Use::LeftOut,
            false => Use::Public,
        };
        let known = &mut uses[names.codes.get(row) as usize];
        *known = (*known).max(Some(by));
    }
    Ok(uses)
}

/// The keys of stored properties. Who uses them is known only where all of a part was imported.
fn stored_keys(parts: &[Part]) -> Result<HashMap<String, Use>, ColumnsError> {
    let mut found: HashMap<String, Use> = HashMap::new();
    for part in parts {
        let by = if part.bounds.identities == [Identity::Imported] { Use::Trusted } else { Use::Public };
        for key in part.columns.properties()?.into_iter().filter(|key| !key.starts_with('$')) {
            found.entry(key).and_modify(|known| *known = by.max(*known)).or_insert(by);
        }
    }
    Ok(found)
}

/// A set of words.
type Set = HashSet<Box<str>>;

/// The names of events and keys of properties that a site's definitions use.
fn words_of(definition: &SiteDefinition) -> (Set, Set) {
    let mut found = (Set::new(), Set::new());
    for goal in &definition.goals {
        of_trigger(&goal.trigger, &mut found);
    }
    for funnel in &definition.funnels {
        let steps = funnel.steps.iter().map(|step| &step.what);
        for what in steps.chain(funnel.exclusions.iter().map(|exclusion| &exclusion.what)) {
            match what {
                // The name of an event, unless a goal has it.
                What::Named(name) => _ = found.0.insert(name.as_str().into()),
                What::Goal(_) => {}
                What::Inline(trigger) => of_trigger(trigger, &mut found),
            }
        }
        found.1.extend(funnel.same.iter().filter_map(key_of));
    }
    found
}

fn of_trigger(trigger: &Trigger, found: &mut (Set, Set)) {
    let Trigger::Event(Predicate { all }) = trigger else { return };
    for condition in all {
        let Condition::Text { of, test } = condition else { continue };
        found.1.extend(key_of(of));
        if *of == Dimension::Column(TextColumn::Name) {
            found.0.extend(named(test).filter(|name| !name.contains('*')).map(Into::into));
        }
    }
}

/// The names that a test looks for. What a pattern means has no end: such events count by the name that a property keeps.
fn named(test: &Test) -> impl Iterator<Item = &str> {
    let names = match test {
        Test::In(names) | Test::LikeAny(names) => names.as_slice(),
        Test::Like(name) => std::slice::from_ref(name),
        _ => &[],
    };
    names.iter().map(String::as_str)
}

fn key_of(dimension: &Dimension) -> Option<Box<str>> {
    match dimension {
        Dimension::Property(key) => Some(key.as_str().into()),
        Dimension::Column(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use waymark_model::{Definitions, Tag};
    use waymark_store::columns::PartBuilder;

    use super::*;

    #[test]
    fn the_words_of_definitions_are_those_that_they_look_at() {
        let text = r#"
            [site.shop]
            timezone = "UTC"
            [[site.shop.goal]]
            name = "order"
            event = ["purchase", "bought"]
            role = "macro"
            prop.plan = "pro"
            [[site.shop.goal]]
            name = "any cart"
            event = "cart*"
            role = "milestone"
            [[site.shop.funnel]]
            name = "buy"
            steps = ["view", { event = "pick", prop.colour = "red" }, "order"]
            same = "prop.item"
        "#;
        let definitions = Definitions::parse(text).map_err(|errors| format!("{errors:?}")).unwrap();
        let (names, keys) = words_of(&definitions.sites[0]);
        let sorted = |words: Set| {
            let mut words: Vec<String> = words.into_iter().map(Into::into).collect();
            words.sort();
            words
        };
        assert_eq!(sorted(names), ["bought", "order", "pick", "purchase", "view"]);
        assert_eq!(sorted(keys), ["colour", "item", "plan"]);
    }

    #[test]
    fn who_uses_a_stored_name_is_told_from_its_events() {
        let mut builder = PartBuilder::default();
        let mut push = |name: &str, change: &dyn Fn(&mut Event)| {
            let mut event = Event::new(1, 0, name);
            change(&mut event);
            builder.push(&event);
        };
        push("seen", &|_| ());
        push("tried", &|event| event.tag = Tag::Test);
        push("both", &|event| event.tag = Tag::Bot);
        push("both", &|_| ());
        push("paid", &|event| event.verified = true);
        push("old", &|event| event.identity = Identity::Imported);
        push("pageview", &|_| ());
        let part = builder.finish(1).unwrap();
        let found = stored_names(&[part]).unwrap();
        let expected = [
            ("seen", Use::Public),
            ("tried", Use::LeftOut),
            ("both", Use::Public),
            ("paid", Use::Trusted),
            ("old", Use::Trusted),
        ];
        assert_eq!(found, HashMap::from(expected.map(|(name, by)| (name.into(), by))));
    }
}
