//! The column map: which column of the file, or which text, fills which field, as the user wrote it, and bound to the
//! columns that a file has. It reads no rows.

mod parse;

use super::{
    error::ImportError,
    field::{Field, LONGEST_KEY, MOST_PROPS},
};

/// Which column fills which field. Without any column in it, columns that have a field's name fill that field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ColumnMap(Vec<(Field, Filling)>);

/// What fills a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Filling {
    /// The column of that name, or the part of a column at that path.
    Column(String),
    /// The same text for every event.
    Constant(String),
}

/// Why a column map cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// An entry that is not a pair.
    #[error(
        "`{0}` in the column map is not a pair of a field and a column, such as `visitor=visitorid`, or of a field and a \
         text, such as `name='purchase'`"
    )]
    Form(String),
    /// A quote that does not end.
    #[error("`{0}` in the column map has a quote that does not end")]
    OpenQuote(String),
    /// A field that does not exist.
    #[error("the column map names a field `{field}`, which does not exist")]
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
    /// One text for what must differ.
    #[error("the column map gives every event the same `{0}`: name the column that tells them apart")]
    SameForAll(String),
    /// A property key that is too long.
    #[error("the property key `{0}` is longer than {LONGEST_KEY} bytes")]
    LongKey(String),
    /// Too many properties.
    #[error("the column map has {0} properties: an event takes at most {MOST_PROPS}")]
    ManyProps(usize),
}

impl ColumnMap {
    /// Reads `field=column,field='text',…`. Fields are those of [`Field`], properties as `prop.key`. A column with a
    /// comma in its name stands in double quotes, a text for all events in single ones.
    ///
    /// # Errors
    /// When an entry is not a pair, a field is unknown or named twice, or there are too many properties.
    pub fn parse(text: &str) -> Result<Self, MapError> {
        Self::new(parse::pairs(text)?)
    }

    /// The map of these pairs.
    ///
    /// # Errors
    /// As [`ColumnMap::parse`].
    pub fn new(mut pairs: Vec<(Field, Filling)>) -> Result<Self, MapError> {
        pairs.sort();
        if let Some(pair) = pairs.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            return Err(MapError::Twice(pair[0].0.name()));
        }
        let has = |field: &Field| pairs.iter().any(|(known, _)| known == field);
        if has(&Field::Value) && has(&Field::ValueMinor) {
            return Err(MapError::TwoValues);
        }
        let differs =
            |field: &Field| matches!(field, Field::Visitor | Field::Time | Field::Key | Field::EventId);
        if let Some((field, _)) =
            pairs.iter().find(|(field, filling)| differs(field) && matches!(filling, Filling::Constant(_)))
        {
            return Err(MapError::SameForAll(field.name()));
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

    /// Whether columns go by the names of fields: no column is named.
    #[must_use]
    pub fn is_default(&self) -> bool {
        self.columns().next().is_none()
    }

    /// The columns that are named, in the order of their fields.
    pub(super) fn columns(&self) -> impl Iterator<Item = (&Field, &str)> {
        self.0.iter().filter_map(|(field, filling)| match filling {
            Filling::Column(name) => Some((field, name.as_str())),
            Filling::Constant(_) => None,
        })
    }

    /// The texts that every event has.
    fn constants(&self) -> Vec<(Field, String)> {
        let constant = |(field, filling): &(Field, Filling)| match filling {
            Filling::Constant(text) => Some((field.clone(), text.clone())),
            Filling::Column(_) => None,
        };
        self.0.iter().filter_map(constant).collect()
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
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// The columns; their position is their number.
    pub(super) columns: Vec<String>,
    /// Which column fills which field, in the order of the fields.
    pub(super) slots: Vec<(Field, usize)>,
    /// Which text fills which field of every event, in the order of the fields.
    pub(super) constants: Vec<(Field, String)>,
    /// Columns must be there because the user named them.
    pub(super) named: bool,
}

impl Layout {
    /// Binds to the columns that the file says it has.
    pub(super) fn to_header(map: &ColumnMap, columns: Vec<String>) -> Result<Self, ImportError> {
        let find = |name: &str| columns.iter().position(|column| column == name);
        let twice = |name: &str| columns.iter().filter(|column| *column == name).count() > 1;
        let mut slots = Vec::new();
        for (field, name) in map.columns() {
            let column = find(name).ok_or_else(|| ImportError::missing_column(field, name, &columns))?;
            slots.push((field.clone(), column));
        }
        if map.is_default() {
            for (column, name) in columns.iter().enumerate() {
                match Field::from_name(name) {
                    Some(_) if twice(name) => {
                        return Err(ImportError::DuplicateColumn { column: name.clone() });
                    }
                    Some(field) if !map.has(&field) => slots.push((field, column)),
                    _ => {}
                }
            }
            // As if the map had named them, so that the same limits hold.
            let named =
                |(field, column): &(Field, usize)| (field.clone(), Filling::Column(columns[*column].clone()));
            ColumnMap::new(slots.iter().map(named).collect())?;
        } else {
            slots.extend(map.implied().filter_map(|field| find(&field.name()).map(|column| (field, column))));
        }
        slots.sort();
        let constants = map.constants();
        let is_filled = |field: &Field| {
            slots.iter().any(|(known, _)| known == field) || constants.iter().any(|(known, _)| known == field)
        };
        if let Some(field) = Field::REQUIRED.iter().find(|field| !is_filled(field)) {
            return Err(ImportError::missing_field(field, &columns));
        }
        if let Some((_, column)) = slots.iter().find(|(_, column)| twice(&columns[*column])) {
            return Err(ImportError::DuplicateColumn { column: columns[*column].clone() });
        }
        Ok(Self { columns, slots, constants, named: !map.is_default() })
    }

    /// Binds to rows that name their own columns: all that the map can use.
    pub(super) fn to_names(map: &ColumnMap) -> Self {
        let mut pairs: Vec<(Field, String)> =
            map.columns().map(|(field, name)| (field.clone(), name.to_owned())).collect();
        if map.is_default() {
            let fields = Field::names().filter_map(Field::from_name).filter(|field| !map.has(field));
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
        Self { columns, slots, constants: map.constants(), named: !map.is_default() }
    }

    /// The column that fills the field.
    pub(super) fn column(&self, wanted: &Field) -> Option<usize> {
        self.slots.iter().find(|(field, _)| field == wanted).map(|(_, column)| *column)
    }

    /// The columns that fill nothing.
    pub(super) fn unused(&self) -> Vec<String> {
        let is_unused = |column: usize| !self.slots.iter().any(|(_, used)| *used == column);
        self.columns
            .iter()
            .zip(0..)
            .filter(|(_, column)| is_unused(*column))
            .map(|(name, _)| name.clone())
            .collect()
    }

    /// The map in the form that [`ColumnMap::parse`] reads.
    pub(super) fn text(&self) -> String {
        let mut pairs: Vec<(&Field, String)> =
            self.slots.iter().map(|(field, column)| (field, parse::column(&self.columns[*column]))).collect();
        pairs.extend(self.constants.iter().map(|(field, text)| (field, parse::constant(text))));
        pairs.sort();
        pairs
            .iter()
            .map(|(field, filling)| format!("{}={filling}", field.name()))
            .collect::<Vec<_>>()
            .join(",")
    }
}
