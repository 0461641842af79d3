//! The column map: which column of the file fills which field, as the user wrote it, and bound to the columns
//! that a file has. It reads no rows.

use super::{
    error::ImportError,
    field::{Field, LONGEST_KEY, MOST_PROPS, nearest},
};

/// Which column fills which field. Without any entry, columns that have a field's name fill that field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap(Vec<(Field, String)>);

/// Why a column map cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// An entry that is no pair.
    #[error("`{0}` in the column map is no pair of a field and a column, such as `visitor=visitorid`")]
    Form(String),
    /// A field that there is not.
    #[error("the column map names a field `{field}`, which there is not")]
    UnknownField {
        /// The name given.
        field: String,
        /// The name probably meant.
        nearest: Option<&'static str>,
    },
    /// A field with two columns.
    #[error(
        "the column map fills `{0}` twice: a field takes one column (one column may fill several fields)"
    )]
    Twice(String),
    /// Two forms of the same value.
    #[error("the column map has both `value` (major units) and `value_minor`: an event has one value")]
    TwoValues,
    /// A property key that is too long.
    #[error("the property key `{0}` is longer than {LONGEST_KEY} bytes")]
    LongKey(String),
    /// Too many properties.
    #[error("the column map has {0} properties: an event takes at most {MOST_PROPS}")]
    ManyProps(usize),
}

impl ColumnMap {
    /// Reads `field=column,field=column,…`. Fields are those of [`Field`], properties as `prop.key`.
    ///
    /// # Errors
    /// When an entry is no pair, a field is unknown or named twice, or there are too many properties.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        let mut pairs = Vec::new();
        for entry in text.split(',').filter(|entry| !entry.trim().is_empty()) {
            let form = || MapError::Form(entry.trim().to_owned());
            let (field, column) = entry.split_once('=').ok_or_else(form)?;
            let (field, column) = (field.trim(), column.trim());
            if field.is_empty() || column.is_empty() {
                return Err(form());
            }
            let known = Field::from_name(field).ok_or_else(|| MapError::UnknownField {
                field: field.to_owned(),
                nearest: nearest(field, Field::names()),
            })?;
            pairs.push((known, column.to_owned()));
        }
        Self::new(pairs)
    }

    /// The map of these pairs.
    ///
    /// # Errors
    /// As [`ColumnMap::parse`].
    pub fn new(mut pairs: Vec<(Field, String)>) -> Result<Self, MapError> {
        pairs.sort();
        if let Some(pair) = pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(MapError::Twice(pair[0].0.name()));
        }
        let has = |field: &Field| pairs.iter().any(|(known, _)| known == field);
        if has(&Field::Value) && has(&Field::ValueMinor) {
            return Err(MapError::TwoValues);
        }
        let keys = || {
            pairs.iter().filter_map(|(field, _)| if let Field::Prop(key) = field { Some(key) } else { None })
        };
        if let Some(key) = keys().find(|key| key.len() > LONGEST_KEY) {
            return Err(MapError::LongKey(key.clone()));
        }
        if keys().count() > MOST_PROPS {
            return Err(MapError::ManyProps(keys().count()));
        }
        Ok(Self(pairs))
    }

    /// Whether columns go by the names of fields.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.0.is_empty()
    }

    fn has(&self, field: &Field) -> bool {
        self.0.iter().any(|(known, _)| known == field)
    }

    /// What of an event needs a column and has none in the map: the column of its own name then serves.
    fn implied(&self) -> impl Iterator<Item = Field> {
        Field::REQUIRED.into_iter().filter(|field| !self.has(field))
    }
}

/// A map bound to the columns of a file.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// The columns; their position is their number.
    pub(super) columns: Vec<String>,
    /// Which column fills which field, in the order of the fields.
    pub(super) slots: Vec<(Field, usize)>,
    /// Columns must be there because the user named them.
    pub(super) named: bool,
}

impl Layout {
    /// Binds to the columns that the file says it has.
    pub(super) fn to_header(map: &ColumnMap, columns: Vec<String>) -> Result<Self, ImportError> {
        let find = |name: &str| columns.iter().position(|column| column == name);
        let mut slots = Vec::new();
        for (field, name) in &map.0 {
            let column = find(name).ok_or_else(|| ImportError::missing_column(field, name, &columns))?;
            slots.push((field.clone(), column));
        }
        if map.is_default() {
            let fields =
                columns.iter().filter_map(|name| Some((Field::from_name(name)?, name.clone()))).collect();
            slots.extend(
                ColumnMap::new(fields)?.0.into_iter().filter_map(|(field, name)| Some((field, find(&name)?))),
            );
        } else {
            slots.extend(map.implied().filter_map(|field| find(&field.name()).map(|column| (field, column))));
            slots.sort();
        }
        if let Some(field) =
            Field::REQUIRED.iter().find(|field| !slots.iter().any(|(known, _)| known == *field))
        {
            return Err(ImportError::missing_field(field, &columns));
        }
        let twice = |column: usize| columns.iter().filter(|name| **name == columns[column]).count() > 1;
        if let Some((_, column)) = slots.iter().find(|(_, column)| twice(*column)) {
            return Err(ImportError::DuplicateColumn { column: columns[*column].clone() });
        }
        Ok(Self { columns, slots, named: !map.is_default() })
    }

    /// Binds to rows that name their own columns: all that the map can use.
    pub(super) fn to_names(map: &ColumnMap) -> Self {
        let mut pairs = map.0.clone();
        if map.is_default() {
            let fields = Field::names().filter_map(Field::from_name);
            pairs.extend(fields.map(|field| (field.clone(), field.name())));
        } else {
            pairs.extend(map.implied().map(|field| (field.clone(), field.name())));
        }
        pairs.sort();
        let mut columns: Vec<String> = pairs.iter().map(|(_, name)| name.clone()).collect();
        columns.sort();
        columns.dedup();
        let number = |name: &String| columns.binary_search(name).unwrap_or(columns.len());
        let slots = pairs.iter().map(|(field, name)| (field.clone(), number(name))).collect();
        Self { columns, slots, named: !map.is_default() }
    }

    /// The column that fills the field.
    pub(super) fn column(&self, wanted: &Field) -> Option<usize> {
        self.slots.iter().find(|(field, _)| field == wanted).map(|(_, column)| *column)
    }

    /// The map in the form that [`ColumnMap::parse`] reads.
    pub(super) fn text(&self) -> String {
        let pair = |(field, column): &(Field, usize)| format!("{}={}", field.name(), self.columns[*column]);
        self.slots.iter().map(pair).collect::<Vec<_>>().join(",")
    }
}
