//! Paths into nested columns: `user.id` of a struct, `params.page` of a map or of a list of keys and values. It knows no
//! files.

use arrow_array::{Array, ArrayRef, RecordBatch, cast::AsArray};
use arrow_schema::{DataType, Field, Fields};
use parquet::{
    basic::{LogicalType, Type},
    schema::types::SchemaDescriptor,
};

use super::{
    super::error::ImportError,
    cell::{Leaf, is_readable},
};

/// Where a text lies in a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// The column.
    pub(super) root: usize,
    steps: Vec<Step>,
    /// What Parquet says of it beyond its type.
    pub(super) leaf: Leaf,
    /// It is a list, which is written as JSON.
    pub(super) is_list: bool,
}

/// One step into a nested column.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// The member of a struct.
    Member(usize),
    /// The first member of a struct that is not null.
    FirstMember,
    /// The value of a key, in a map or a list of keys and values.
    Key(String),
}

/// The names by which columns can be mapped: those of columns, and of the members of structs as `column.member`.
pub(super) fn names(fields: &Fields) -> Vec<String> {
    let mut names = Vec::new();
    for field in fields {
        match field.data_type() {
            DataType::Struct(members) => {
                let inner = self::names(members);
                names.extend(inner.into_iter().map(|name| format!("{}.{name}", field.name())));
            }
            _ => names.push(field.name().clone()),
        }
    }
    names
}

/// The path of that name, if it leads to something that can be read.
pub(super) fn find(fields: &Fields, name: &str) -> Option<Path> {
    fields.iter().enumerate().find_map(|(root, field)| {
        let (steps, is_list) = steps(field.data_type(), rest(name, field.name())?)?;
        Some(Path { root, steps, leaf: Leaf::Plain, is_list })
    })
}

/// Why a column cannot be read, and which of its parts could.
pub(super) fn unreadable(fields: &Fields, name: &str) -> ImportError {
    let field = fields.iter().find(|field| field.name() == name);
    let parts = match field.map(|field| field.data_type()) {
        Some(DataType::Struct(members)) => {
            names(members).iter().map(|part| format!("`{name}.{part}`")).collect()
        }
        Some(kind) if pair(kind).is_some() => vec![format!("`{name}.KEY`")],
        _ => Vec::new(),
    };
    let kind = field.map_or(String::new(), |field| field.data_type().to_string());
    ImportError::UnsupportedColumn { column: name.to_owned(), kind, parts: parts.join(", ") }
}

/// What follows a name in a path: `None` when the path is of another, empty at its end.
fn rest<'n>(path: &'n str, name: &str) -> Option<&'n str> {
    let rest = path.strip_prefix(name)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('.') }
}

/// The steps that the rest of a path takes into a column of that type, and whether they lead to a list.
fn steps(kind: &DataType, path: &str) -> Option<(Vec<Step>, bool)> {
    if path.is_empty() {
        let is_list = matches!(kind, DataType::List(_));
        return (is_list || is_readable(kind)).then_some((Vec::new(), is_list));
    }
    if let DataType::Struct(members) = kind {
        return members.iter().enumerate().find_map(|(at, member)| {
            let (inner, is_list) = steps(member.data_type(), rest(path, member.name())?)?;
            Some(([vec![Step::Member(at)], inner].concat(), is_list))
        });
    }
    let (_, value) = pair(kind)?;
    let key = |key: &str| Step::Key(key.to_owned());
    let DataType::Struct(members) = value.data_type() else {
        let (inner, is_list) = steps(value.data_type(), "")?;
        return Some(([vec![key(path)], inner].concat(), is_list));
    };
    // `params.page.string_value` names a member of the value, `params.page` takes the one that is set.
    let member = members.iter().enumerate().find_map(|(at, member)| {
        let before = path.strip_suffix(member.name().as_str())?.strip_suffix('.')?;
        is_readable(member.data_type()).then(|| vec![key(before), Step::Member(at)])
    });
    Some((member.unwrap_or_else(|| vec![key(path), Step::FirstMember]), false))
}

/// Key and value, if the type is a map or a list of them.
fn pair(kind: &DataType) -> Option<(&Field, &Field)> {
    let (DataType::Map(entry, _) | DataType::List(entry)) = kind else { return None };
    let DataType::Struct(members) = entry.data_type() else { return None };
    let key = members.iter().find(|member| member.name() == "key" || member.name() == "keys")?;
    let value = members.iter().find(|member| member.name() == "value" || member.name() == "values")?;
    matches!(key.data_type(), DataType::Utf8 | DataType::Binary).then_some((key, value))
}

impl Path {
    /// Looks up what Parquet says of the column that the name leads to.
    pub(super) fn with_leaves(self, schema: &SchemaDescriptor, name: &str) -> Self {
        let of_name = schema.columns().iter().find(|column| column.path().string() == name);
        let leaf = match of_name {
            Some(column) if column.physical_type() == Type::INT96 => Leaf::Utc,
            Some(column) if matches!(column.logical_type_ref(), Some(LogicalType::Uuid)) => Leaf::Uuid,
            _ => Leaf::Plain,
        };
        Self { leaf, ..self }
    }

    /// The cell of a row, if there is one that is not null.
    pub(super) fn cell<'b>(&self, batch: &'b RecordBatch, row: usize) -> Option<(&'b ArrayRef, usize)> {
        let mut cell = (batch.columns().get(self.root)?, row);
        for step in &self.steps {
            cell = step.of(cell)?;
        }
        cell.0.is_valid(cell.1).then_some(cell)
    }
}

impl Step {
    fn of<'b>(&self, (array, row): (&'b ArrayRef, usize)) -> Option<(&'b ArrayRef, usize)> {
        if array.is_null(row) {
            return None;
        }
        match self {
            Self::Member(at) => Some((array.as_struct_opt()?.columns().get(*at)?, row)),
            Self::FirstMember => {
                let members = array.as_struct_opt()?.columns();
                members.iter().find(|member| member.is_valid(row)).map(|member| (member, row))
            }
            Self::Key(key) => {
                let (entries, rows) = entries(array, row)?;
                let named = |names: [&str; 2]| {
                    entries.column_by_name(names[0]).or_else(|| entries.column_by_name(names[1]))
                };
                let (keys, values) = (named(["key", "keys"])?, named(["value", "values"])?);
                let is_key = |at: &usize| keys.is_valid(*at) && key_at(keys, *at) == Some(key.as_bytes());
                rows.into_iter().find(is_key).map(|at| (values, at))
            }
        }
    }
}

/// The entries of a row's map or list, and which of all entries they are.
fn entries(array: &ArrayRef, row: usize) -> Option<(&arrow_array::StructArray, std::ops::Range<usize>)> {
    let (entries, from, to) = match array.data_type() {
        DataType::Map(..) => {
            let map = array.as_map_opt()?;
            (map.entries(), *map.value_offsets().get(row)?, *map.value_offsets().get(row + 1)?)
        }
        _ => {
            let list = array.as_list_opt::<i32>()?;
            let entries = list.values().as_struct_opt()?;
            (entries, *list.value_offsets().get(row)?, *list.value_offsets().get(row + 1)?)
        }
    };
    Some((entries, usize::try_from(from).ok()?..usize::try_from(to).ok()?))
}

fn key_at(keys: &ArrayRef, at: usize) -> Option<&[u8]> {
    let text = keys.as_string_opt::<i32>().map(|texts| texts.value(at).as_bytes());
    text.or_else(|| keys.as_binary_opt::<i32>().map(|bytes| bytes.value(at)))
}
