//! The text of a column map: `field=column`, `field="column, with a comma"`, `field='text'`, separated by commas.

use super::{super::field::nearest, Field, Filling, MapError};

/// The pairs of a map, in the order in which they are written.
pub(super) fn pairs(text: &str) -> Result<Vec<(Field, Filling)>, MapError> {
    let mut pairs = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c == ',' || c.is_whitespace());
        if rest.is_empty() {
            return Ok(pairs);
        }
        let (pair, after) = pair(rest)?;
        pairs.push(pair);
        rest = after;
    }
}

/// The first pair of a text, and what follows its comma.
fn pair(text: &str) -> Result<((Field, Filling), &str), MapError> {
    let form = || MapError::Form(text.split(',').next().unwrap_or_default().trim().to_owned());
    let (field, rest) = text.split_once('=').filter(|(field, _)| !field.contains(',')).ok_or_else(form)?;
    let (field, rest) = (field.trim(), rest.trim_start());
    let (filling, rest) = match rest.chars().next() {
        Some(quote @ ('\'' | '"')) => {
            let (inner, after) =
                quoted(&rest[1..], quote).ok_or_else(|| MapError::OpenQuote(text.to_owned()))?;
            let filling = if quote == '\'' { Filling::Constant(inner) } else { Filling::Column(inner) };
            (filling, after.trim_start())
        }
        _ => {
            let end = rest.find(',').unwrap_or(rest.len());
            (Filling::Column(rest[..end].trim().to_owned()), &rest[end..])
        }
    };
    let (Filling::Column(inner) | Filling::Constant(inner)) = &filling;
    if field.is_empty() || inner.trim().is_empty() || !(rest.is_empty() || rest.starts_with(',')) {
        return Err(form());
    }
    let known = Field::from_name(field).ok_or_else(|| MapError::UnknownField {
        field: field.to_owned(),
        nearest: nearest(field, Field::names()),
    })?;
    Ok(((known, filling), rest))
}

/// The text up to the closing quote, and what follows it; a doubled quote is one.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut inner = String::new();
    let mut rest = text;
    loop {
        let end = rest.find(quote)?;
        inner.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix(quote) {
            Some(more) => {
                inner.push(quote);
                rest = more;
            }
            None => return Some((inner, rest)),
        }
    }
}

/// A column as a map names it.
pub(super) fn column(name: &str) -> String {
    let is_plain = !name.contains(',') && !name.starts_with(['\'', '"']) && name == name.trim();
    if is_plain { name.to_owned() } else { format!("\"{}\"", name.replace('"', "\"\"")) }
}

/// A text as a map writes it.
pub(super) fn constant(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use waymark_model::TextColumn;

    use super::*;

    const NAME: Field = Field::Text(TextColumn::Name);

    #[track_caller]
    fn check(text: &str, expected: &[(Field, Filling)]) {
        let found = pairs(text).unwrap();
        assert_eq!(found, expected, "{text}");
        let written = found.iter().map(|(field, filling)| match filling {
            Filling::Column(name) => format!("{}={}", field.name(), column(name)),
            Filling::Constant(text) => format!("{}={}", field.name(), constant(text)),
        });
        let written = written.collect::<Vec<_>>().join(",");
        assert_eq!(pairs(&written).unwrap(), expected, "{written}");
    }

    fn of(name: &str) -> Filling {
        Filling::Column(name.to_owned())
    }

    fn text(text: &str) -> Filling {
        Filling::Constant(text.to_owned())
    }

    #[test]
    fn columns_and_texts() {
        check("visitor=a", &[(Field::Visitor, of("a"))]);
        check(" visitor = a b , name = n ,", &[(Field::Visitor, of("a b")), (NAME, of("n"))]);
        check("name='purchase',key=Name", &[(NAME, text("purchase")), (Field::Key, of("Name"))]);
        check(
            "name='it''s, done' , key=\"Paid, \"\"at\"\"\"",
            &[(NAME, text("it's, done")), (Field::Key, of("Paid, \"at\""))],
        );
        check("prop.a=x=y", &[(Field::Prop("a".to_owned()), of("x=y"))]);
        check("value=customer's", &[(Field::Value, of("customer's"))]);
        check("", &[]);
    }

    #[test]
    fn what_is_not_a_pair_is_said() {
        for (text, expected) in [
            ("visitor", "not a pair"),
            ("visitor=", "not a pair"),
            ("=a", "not a pair"),
            ("name=''", "not a pair"),
            ("name='a'b", "not a pair"),
            ("a,visitor=b", "`a` in the column map is not a pair"),
            ("name='a", "does not end"),
            ("nmae=a", "a field `nmae`"),
        ] {
            let error = pairs(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
