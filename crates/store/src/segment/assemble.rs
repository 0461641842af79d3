//! Makes columns of a part out of the columns of a file. It does no reading of its own.

use waymark_model::{Dimension, Identity, Tag};

use super::{
    decode::Kind,
    read::{Decoded, FileColumn, SegmentReader},
    rest, schema,
};
use crate::columns::{Column, ColumnName, ColumnsError, NumberColumn, Runs, TextCodes, run_flags};

impl SegmentReader {
    /// The file's own column for a column, where there is one.
    fn own(&self, name: &ColumnName) -> Option<FileColumn> {
        match name {
            ColumnName::Text(of) => self.find_text(of),
            ColumnName::Runs => self.find(schema::VISITOR, Kind::Visitors),
            ColumnName::Times => self.find(schema::TIME, Kind::Times(self.meta.bounds.time.0)),
            ColumnName::Seqs => self.find(schema::SEQ, Kind::Seqs),
            ColumnName::Tags => self.find(schema::TAG, Kind::Text),
            ColumnName::Identities => self.find(schema::IDENTITY, Kind::Text),
            ColumnName::Numbers(of) => self.find(schema::number_name(*of), Kind::Numbers),
            ColumnName::Verified => self.find(schema::VERIFIED, Kind::Verified),
            ColumnName::EventIds => self.find(schema::EVENT_ID, Kind::EventIds),
        }
    }

    fn packed(&self) -> Option<FileColumn> {
        self.find(schema::REST, Kind::Text)
    }

    /// The file columns that a column is made of.
    pub(super) fn needed(&self, name: &ColumnName) -> Vec<FileColumn> {
        let bounds = &self.meta.bounds;
        let own = self.own(name);
        match name {
            ColumnName::Text(Dimension::Property(_)) => own.or_else(|| self.packed()).into_iter().collect(),
            ColumnName::Runs => {
                let values = self.own(&ColumnName::Numbers(NumberColumn::Value));
                let tags = self.needed(&ColumnName::Tags);
                own.into_iter().chain(values).chain(tags).collect()
            }
            ColumnName::Tags if bounds.tagged == 0 => Vec::new(),
            ColumnName::Identities if bounds.identities.len() < 2 => Vec::new(),
            _ => own.into_iter().collect(),
        }
    }

    /// The column, out of the file columns it needs.
    pub(super) fn assemble(&self, name: &ColumnName, decoded: &Decoded) -> Result<Column, ColumnsError> {
        let own = self.own(name).and_then(|column| decoded.columns.get(&column.index)).cloned();
        match (name, own) {
            (ColumnName::Text(Dimension::Property(key)), None) => self.unpacked(key, decoded),
            (ColumnName::Runs, Some(Column::Runs(runs))) => self.with_flags(runs, decoded),
            (ColumnName::Tags, None) if self.meta.bounds.tagged == 0 => Ok(Column::Small(None)),
            (ColumnName::Identities, None) if self.meta.bounds.identities.len() < 2 => {
                Ok(Column::Small(None))
            }
            (ColumnName::Tags, Some(Column::Text(text))) => {
                self.small(text, |text| Tag::from_name(text).map(|tag| tag as u8))
            }
            (ColumnName::Identities, Some(Column::Text(text))) => {
                self.small(text, |text| Identity::from_name(text).map(|kind| kind as u8))
            }
            (_, Some(column)) => Ok(column),
            (_, None) => Err(self.damaged(format!("it has no column for {name:?}"))),
        }
    }

    /// Names back to numbers, by code. No name is tag 0.
    fn small(
        &self,
        text: Option<TextCodes>,
        number: impl Fn(&str) -> Option<u8>,
    ) -> Result<Column, ColumnsError> {
        let Some(text) = text else { return Ok(Column::Small(None)) };
        let numbers = text
            .dictionary
            .texts()
            .iter()
            .enumerate()
            .map(|(code, name)| if code == 0 { Some(0) } else { number(name) });
        let by_code: Option<Vec<u8>> = numbers.collect();
        let by_code = by_code.ok_or_else(|| self.damaged("a tag or identity is not known"))?;
        let numbers: Vec<u8> =
            (0..text.codes.len()).map(|row| by_code[text.codes.get(row) as usize]).collect();
        Ok(Column::Small(Some(numbers.into())))
    }

    fn unpacked(&self, key: &str, decoded: &Decoded) -> Result<Column, ColumnsError> {
        let packed = self.packed().and_then(|column| decoded.columns.get(&column.index));
        let Some(Column::Text(Some(packed))) = packed else { return Ok(Column::Text(None)) };
        let props = match decoded.packed.get() {
            Some(props) => props,
            None => {
                let props = rest::unpack(packed).map_err(|error| self.damaged(error))?;
                decoded.packed.get_or_init(|| props)
            }
        };
        Ok(Column::Text(rest::column(packed, props, key)))
    }

    /// Keys of the properties that are packed into `props_rest`.
    pub(super) fn rest_properties(&self) -> Result<Vec<String>, ColumnsError> {
        let Some(column) = self.packed() else { return Ok(Vec::new()) };
        let decoded = self.decode(&[column], 1)?;
        let Some(Column::Text(Some(packed))) = decoded.columns.get(&column.index) else {
            return Ok(Vec::new());
        };
        let props = rest::unpack(packed).map_err(|error| self.damaged(error))?;
        Ok(props.into_iter().flat_map(std::collections::BTreeMap::into_keys).collect())
    }

    fn with_flags(&self, runs: Runs, decoded: &Decoded) -> Result<Column, ColumnsError> {
        let tags = self.assemble(&ColumnName::Tags, decoded)?;
        let values = self.assemble(&ColumnName::Numbers(NumberColumn::Value), decoded)?;
        let (Column::Small(tags), Column::Numbers(values)) = (tags, values) else {
            return Err(self.damaged("tags or values have the wrong form"));
        };
        let flags = run_flags(&runs.starts, tags.as_deref().unwrap_or_default(), &values.rows);
        Ok(Column::Runs(Runs { flags: flags.into(), ..runs }))
    }
}
