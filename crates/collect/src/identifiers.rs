//! The identifiers of an event, before anything is made of them: trimmed, without placeholders and what is too long.

use std::borrow::Cow;

use waymark_model::normal::{Identifier, identifier, limits::TEXT_BYTES};

use super::{Incoming, Reason, Remark, Visitor};

/// Gives the identifiers of an event their normal form. A placeholder counts as missing, and is remarked upon.
pub(super) fn settle(told: &mut Incoming<'_>) {
    let remarks = &mut told.remarks;
    told.visitor = told.visitor.take().and_then(|visitor| match visitor {
        Visitor::Named(name) => given("visitor", name, remarks).map(Visitor::Named),
        Visitor::Consented { id, since } => {
            given("visitor", id, remarks).map(|id| Visitor::Consented { id, since })
        }
    });
    for (field, text) in [("user", &mut told.user), ("key", &mut told.key), ("id", &mut told.id)] {
        *text = text.take().and_then(|text| given(field, text, remarks));
    }
}

fn given<'t>(field: &str, text: Cow<'t, str>, remarks: &mut Vec<Remark>) -> Option<Cow<'t, str>> {
    let reason = match identifier(&text) {
        Identifier::Given(given) if given.len() > TEXT_BYTES => Reason::LongIdentifier,
        Identifier::Given(given) if given.len() == text.len() => return Some(text),
        Identifier::Given(given) => return Some(Cow::Owned(given.to_owned())),
        Identifier::Placeholder(text) => Reason::Placeholder(text),
        Identifier::Absent => return None,
    };
    remarks.push(Remark::new(field, reason));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>, counted: &str) {
        let some = || Some(text.into());
        let visitor = Some(Visitor::Named(text.into()));
        let mut told = Incoming { visitor, user: some(), key: some(), id: some(), ..Incoming::default() };
        settle(&mut told);
        let named = match &told.visitor {
            Some(Visitor::Named(name)) => Some(name.as_ref()),
            _ => None,
        };
        let found = [named, told.user.as_deref(), told.key.as_deref(), told.id.as_deref()];
        assert_eq!(found, [expected; 4], "{text}");
        let remarks: Vec<_> = told.remarks.iter().map(Remark::counted).collect();
        let fields = ["visitor", "user", "key", "id"];
        let counted: Vec<_> = fields
            .iter()
            .map(|field| counted.replace("FIELD", field))
            .filter(|code| !code.is_empty())
            .collect();
        assert_eq!(remarks, counted, "{text}");
    }

    #[test]
    fn placeholders_are_missing_and_counted() {
        check("1001", Some("1001"), "");
        check(" 1001 ", Some("1001"), "");
        check(" ", None, "");
        check("undefined", None, "placeholder_FIELD.undefined");
        check("N/A", None, "placeholder_FIELD.n/a");
        check("0", None, "placeholder_FIELD.0");
        check("00000000-0000-0000-0000-000000000000", None, "placeholder_FIELD.zero uuid");
        check(&"x".repeat(TEXT_BYTES + 1), None, "long_identifier");
    }
}
