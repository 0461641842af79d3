//! The columns that properties have in segment files: names and field ids, which stay theirs for good. It
//! knows no rows.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use super::{rest, schema::FIRST_PROPERTY_ID};
use crate::columns::{Columns, ColumnsError};

/// Most properties of a site that have columns of their own; the others go to `props_rest`.
pub const MOST_PROPERTIES: usize = 500;

/// Where a file keeps which property each of its columns is: a JSON object from the column's name to the
/// property's key.
pub(super) const IN_FILE: &str = "waymark.properties";

/// The properties of a site that have columns of their own, by rising field ids. No id is given twice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyColumns {
    columns: Vec<PropertyColumn>,
    next_field_id: i32,
}

/// A property's column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyColumn {
    /// The column's field id.
    pub field_id: i32,
    /// The property.
    pub key: String,
    /// The column's name.
    pub name: String,
}

impl Default for PropertyColumns {
    fn default() -> Self {
        Self { columns: Vec::new(), next_field_id: FIRST_PROPERTY_ID }
    }
}

impl PropertyColumns {
    /// Whether no property ever had a column.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Gives columns to the part's properties that have none, to the most frequent ones as far as there is
    /// room.
    ///
    /// # Errors
    /// When a column of the part cannot be read.
    pub fn add(&mut self, of: &dyn Columns) -> Result<(), ColumnsError> {
        let known: HashSet<&str> = self.keys().collect();
        let mut new = of.properties()?;
        new.retain(|key| !known.contains(key.as_str()));
        let room = MOST_PROPERTIES.saturating_sub(self.columns.len());
        if new.len() > room {
            new = rest::most_frequent(of, new, room)?;
        }
        for key in new {
            let column = PropertyColumn { field_id: self.next_field_id, name: self.free_name(&key), key };
            self.include(&[column]);
        }
        Ok(())
    }

    /// Notes columns that were given elsewhere.
    pub(crate) fn include(&mut self, columns: &[PropertyColumn]) {
        for column in columns {
            if let Err(at) = self.columns.binary_search_by_key(&column.field_id, |of| of.field_id) {
                self.columns.insert(at, column.clone());
            }
            self.next_field_id = self.next_field_id.max(column.field_id + 1);
        }
    }

    /// Forgets properties. Their field ids are given to no other.
    pub(crate) fn forget(&mut self, keys: &BTreeSet<String>) {
        self.columns.retain(|column| !keys.contains(&column.key));
    }

    /// The keys of the properties.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.key.as_str())
    }

    /// The columns of these properties, by rising field ids.
    pub(super) fn of(&self, keys: &[String]) -> Vec<PropertyColumn> {
        self.columns.iter().filter(|column| keys.contains(&column.key)).cloned().collect()
    }

    /// A name that no other column has. Names have letters, digits and `_` only, since a dot means nesting to
    /// some readers; names that differ only in case are one to others, so a later one gets a number.
    fn free_name(&self, key: &str) -> String {
        let taken: HashSet<String> = self.columns.iter().map(|column| column.name.to_lowercase()).collect();
        let plain = |of: char| if of.is_alphanumeric() { of } else { '_' };
        let mut name: String = "prop_".chars().chain(key.chars().map(plain)).collect();
        let base = name.clone();
        for number in 2.. {
            if !taken.contains(&name.to_lowercase()) {
                break;
            }
            name = format!("{base}_{number}");
        }
        name
    }
}

/// What a file says of its properties' columns.
pub(super) fn encode(columns: &[PropertyColumn]) -> String {
    let keys: BTreeMap<&str, &str> = columns.iter().map(|of| (of.name.as_str(), of.key.as_str())).collect();
    // A map of texts always has a JSON form.
    serde_json::to_string(&keys).unwrap_or_default()
}

/// The column's name for each property's key, out of what [`encode`] wrote.
pub(super) fn decode(text: &str) -> Result<BTreeMap<String, String>, serde_json::Error> {
    let keys: BTreeMap<String, String> = serde_json::from_str(text)?;
    Ok(keys.into_iter().map(|(name, key)| (key, name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(keys: &[&str]) -> PropertyColumns {
        let mut columns = PropertyColumns::default();
        for key in keys {
            let (field_id, name) = (columns.next_field_id, columns.free_name(key));
            columns.include(&[PropertyColumn { field_id, key: (*key).to_owned(), name }]);
        }
        columns
    }

    fn names(keys: &[&str]) -> Vec<String> {
        let PropertyColumns { columns, .. } = with(keys);
        assert!(columns.iter().map(|of| of.field_id).eq((25..).take(keys.len())));
        let read = decode(&encode(&columns)).unwrap();
        assert!(columns.iter().all(|of| read[&of.key] == of.name) && read.len() == keys.len());
        columns.into_iter().map(|of| of.name).collect()
    }

    #[test]
    fn names_have_no_dots_and_are_never_the_same() {
        let plain = ["prop_plan", "prop_a_b", "prop_größe", "prop_utm_id", "prop_"];
        assert_eq!(names(&["plan", "a.b", "größe", "utm-id", ""]), plain);
        let numbered = ["prop_a_b", "prop_a_b_2", "prop_A_b_3", "prop_a_b_2_2"];
        assert_eq!(names(&["a.b", "a_b", "A.b", "a_b_2"]), numbered);
    }

    #[test]
    fn a_forgotten_property_leaves_a_gap() {
        let mut columns = with(&["a.b", "a_b", "c"]);
        columns.forget(&["a.b", "c"].map(str::to_owned).into());
        let text = serde_json::to_string(&columns).unwrap();
        assert_eq!(
            text,
            r#"{"columns":[{"field_id":26,"key":"a_b","name":"prop_a_b_2"}],"next_field_id":28}"#
        );
        assert_eq!(serde_json::from_str::<PropertyColumns>(&text).unwrap(), columns);
        columns.include(&with(&["a.b", "a_b", "c", "d"]).columns);
        assert_eq!(columns, with(&["a.b", "a_b", "c", "d"]));
    }
}
