//! Splits a row of CSV into its fields, strictly by RFC 4180: what the standard does not allow is told, never guessed,
//! because a guess swallows the rows after it. It reads no file.

/// How the fields of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    pub(super) delimiter: u8,
    /// Fields may be quoted. Tab-separated files have no quoting: a quote is data.
    pub(super) quotes: bool,
}

/// What is at the beginning of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Split {
    /// A row of so many bytes, its line end included; of CR and LF only the first.
    Row(usize),
    /// The row goes on after the bytes.
    More,
    /// Text after a closing quote.
    StrayText {
        /// A backslash is before that quote.
        escaped: bool,
    },
    /// A quoted field that does not end.
    UnclosedQuote,
}

/// The fields of the row last split. Its buffers are used again for the next.
#[derive(Debug)]
pub(super) struct Splitter {
    dialect: Dialect,
    /// The fields one after another, without their quotes.
    pub(super) text: Vec<u8>,
    /// Where each ends.
    pub(super) ends: Vec<usize>,
    /// Where a quoted field with separators and line ends begins, in bytes of the row.
    pub(super) long_field: Option<usize>,
}

/// How a field ends.
enum End {
    Field,
    Row,
    Bad(Split),
}

impl Splitter {
    pub(super) const fn new(dialect: Dialect) -> Self {
        Self { dialect, text: Vec::new(), ends: Vec::new(), long_field: None }
    }

    pub(super) const fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Splits the row at the beginning of the data, which are not empty; `is_all` when nothing follows them.
    pub(super) fn split(&mut self, data: &[u8], is_all: bool) -> Split {
        self.text.clear();
        self.ends.clear();
        self.long_field = None;
        let mut at = 0;
        loop {
            let end = self.field(data, &mut at, is_all);
            if let End::Bad(split) = end {
                return split;
            }
            self.ends.push(self.text.len());
            if matches!(end, End::Row) {
                return Split::Row(at);
            }
        }
    }

    fn field(&mut self, data: &[u8], at: &mut usize, is_all: bool) -> End {
        if self.dialect.quotes {
            let blanks = data[*at..].iter().take_while(|byte| **byte == b' ').count();
            if data.get(*at + blanks) == Some(&b'"') {
                *at += blanks + 1;
                return self.quoted(data, at, is_all);
            }
        }
        let rest = &data[*at..];
        let is_end = |byte: &u8| *byte == self.dialect.delimiter || matches!(byte, b'\n' | b'\r');
        let length = rest.iter().position(is_end).unwrap_or(rest.len());
        self.text.extend_from_slice(&rest[..length]);
        *at += length;
        self.end(data, at, is_all)
    }

    /// The rest of a field after its opening quote.
    fn quoted(&mut self, data: &[u8], at: &mut usize, is_all: bool) -> End {
        let (start, begin) = (*at, self.text.len());
        loop {
            let rest = &data[*at..];
            let Some(length) = rest.iter().position(|byte| *byte == b'"') else {
                return End::Bad(if is_all { Split::UnclosedQuote } else { Split::More });
            };
            self.text.extend_from_slice(&rest[..length]);
            *at += length + 1;
            match data.get(*at) {
                None if !is_all => return End::Bad(Split::More),
                Some(b'"') => {
                    self.text.push(b'"');
                    *at += 1;
                }
                _ => break,
            }
        }
        let text = &self.text[begin..];
        let has_lines = text.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
        if has_lines && text.contains(&self.dialect.delimiter) && self.long_field.is_none() {
            self.long_field = Some(start);
        }
        let escaped = data[..*at - 1].ends_with(b"\\");
        *at += data[*at..].iter().take_while(|byte| **byte == b' ').count();
        match self.end(data, at, is_all) {
            End::Bad(Split::StrayText { .. }) => End::Bad(Split::StrayText { escaped }),
            end => end,
        }
    }

    /// What follows a field: a delimiter, a line end, or nothing.
    fn end(&self, data: &[u8], at: &mut usize, is_all: bool) -> End {
        match data.get(*at) {
            None if is_all => End::Row,
            None => End::Bad(Split::More),
            Some(byte) if *byte == self.dialect.delimiter => {
                *at += 1;
                End::Field
            }
            Some(b'\n' | b'\r') => {
                *at += 1;
                End::Row
            }
            Some(_) => End::Bad(Split::StrayText { escaped: false }),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMA: Dialect = Dialect { delimiter: b',', quotes: true };
    const TAB: Dialect = Dialect { delimiter: b'\t', quotes: false };

    fn fields(splitter: &Splitter) -> Vec<String> {
        let mut start = 0;
        let field = |end: &usize| {
            let text = String::from_utf8(splitter.text[start..*end].to_vec()).unwrap();
            start = *end;
            text
        };
        splitter.ends.iter().map(field).collect()
    }

    #[track_caller]
    fn check(dialect: Dialect, data: &str, expected: Result<&[&str], Split>) {
        let mut splitter = Splitter::new(dialect);
        let split = splitter.split(data.as_bytes(), true);
        match expected {
            Ok(expected) => {
                assert!(matches!(split, Split::Row(_)), "{data:?}: {split:?}");
                assert_eq!(fields(&splitter), expected, "{data:?}");
            }
            Err(expected) => assert_eq!(split, expected, "{data:?}"),
        }
    }

    #[test]
    fn rows_are_split() {
        check(COMMA, "a,b\nc", Ok(&["a", "b"]));
        check(COMMA, "a,b\r\nc", Ok(&["a", "b"]));
        check(COMMA, "a,", Ok(&["a", ""]));
        check(COMMA, ",\n", Ok(&["", ""]));
        check(COMMA, r#""a,""b""",c"#, Ok(&[r#"a,"b""#, "c"]));
        check(COMMA, "\"a\r\nb\",c", Ok(&["a\r\nb", "c"]));
        check(COMMA, r#"a, "b,c" ,d"#, Ok(&["a", "b,c", "d"]));
        check(COMMA, r#"5" disk,"C:\dir\""#, Ok(&["5\" disk", "C:\\dir\\"]));
        check(TAB, "\"a\tb\"\"\tc\n", Ok(&["\"a", "b\"\"", "c"]));
    }

    #[test]
    fn what_the_standard_does_not_allow_is_told() {
        check(COMMA, r#""{\"a\":1}",b"#, Err(Split::StrayText { escaped: true }));
        check(COMMA, r#""a"b,c"#, Err(Split::StrayText { escaped: false }));
        check(COMMA, r#""a" "b",c"#, Err(Split::StrayText { escaped: false }));
        check(COMMA, "\"a,b\nc,d\n", Err(Split::UnclosedQuote));
    }

    #[test]
    fn fields_that_may_have_swallowed_rows_are_noticed() {
        for (row, expected) in [
            ("a,\"b\nc,d\",e", Some(3)),
            ("\"b\nc\",e", None),
            ("\"b,c\",e", None),
            ("a,\"x,\r\ny\",\"z,\nz\"", Some(3)),
        ] {
            let mut splitter = Splitter::new(COMMA);
            splitter.split(row.as_bytes(), true);
            assert_eq!(splitter.long_field, expected, "{row:?}");
        }
    }

    proptest! {
        /// A row of any fields, as the `csv` crate writes it, comes back; no beginning of it is taken for a row.
        #[test]
        fn rows_come_back_as_they_were_written(
            written in prop::collection::vec("[ab,;\"\n\r\\\\é']{0,6}", 1..5),
            delimiter in prop::sample::select(b",;|".to_vec()),
            always in any::<bool>(),
        ) {
            let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
            let mut writer =
                csv::WriterBuilder::new().delimiter(delimiter).quote_style(style).from_writer(Vec::new());
            writer.write_record(&written).unwrap();
            let row = writer.into_inner().unwrap();
            let mut splitter = Splitter::new(Dialect { delimiter, quotes: true });
            prop_assert_eq!(splitter.split(&row, true), Split::Row(row.len()));
            prop_assert_eq!(fields(&splitter), written);
            for cut in 1..row.len() {
                prop_assert_eq!(splitter.split(&row[..cut], false), Split::More, "{}", cut);
            }
        }

        #[test]
        fn any_bytes_are_borne(data in prop::collection::vec(
            prop::sample::select(b"a,\"\n\r\\ \t".to_vec()), 1..30,
        ), is_all: bool) {
            for dialect in [COMMA, TAB] {
                if let Split::Row(bytes) = Splitter::new(dialect).split(&data, is_all) {
                    prop_assert!(0 < bytes && bytes <= data.len());
                }
            }
        }
    }
}
