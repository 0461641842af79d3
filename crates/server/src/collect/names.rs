//! The names of all sites' events, in memory; each site's are read once from what it has stored.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use waymark_model::{Dimension, Event, TextColumn};
use waymark_store::{
    Snapshot,
    columns::{ColumnsError, Dictionary},
};

use super::cardinality::EventNames;

/// The names of events by the site's number.
#[derive(Debug, Default)]
pub struct Names(Mutex<HashMap<i64, EventNames>>);

impl Names {
    /// Reads the names of a site's stored events. Until then new names are counted from none.
    ///
    /// # Errors
    /// When a column cannot be read.
    pub fn read(&self, site: i64, stored: &Snapshot) -> Result<(), ColumnsError> {
        let mut names = Vec::new();
        for part in &stored.parts {
            if let Some(codes) = part.columns.text(&Dimension::Column(TextColumn::Name))? {
                names.push(codes.dictionary);
            }
        }
        let texts = names.iter().flat_map(Dictionary::texts).map(AsRef::as_ref);
        let names = EventNames::new(texts.filter(|name: &&str| !name.is_empty()));
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(site, names);
        Ok(())
    }

    /// Lets an event keep its name, or calls it `(other)`: see [`EventNames::admit`].
    pub fn admit(&self, site: i64, event: &mut Event) -> bool {
        let mut sites = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        sites.entry(site).or_insert_with(|| EventNames::new([])).admit(event)
    }
}
