//! What people are called: e-mail addresses and names, as they are compared and kept.

use super::AccountError;

/// Longest address (RFC 5321, 4.5.3.1.3: a path of 256 with its two brackets).
const EMAIL_BYTES: usize = 254;
const NAME_SIGNS: usize = 100;

/// An e-mail address in the form that is compared: without space around it, in small letters. Whether anybody reads what is
/// sent there is not known.
///
/// # Errors
/// When it has not exactly one `@` with something on both sides, or signs that no address has.
pub fn email(text: &str) -> Result<String, AccountError> {
    let email = text.trim().to_lowercase();
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control() && !"<>()[]\\,;:\"".contains(c);
    let has_both_sides = match email.split_once('@') {
        Some((name, host)) => !name.is_empty() && !host.is_empty() && !host.contains('@'),
        None => false,
    };
    if has_both_sides && email.len() <= EMAIL_BYTES && email.chars().all(is_plain) {
        Ok(email)
    } else {
        Err(AccountError::BadEmail)
    }
}

/// A person's name, without space around it.
///
/// # Errors
/// When it is empty, longer than 100 signs, or has control characters.
pub fn name(text: &str) -> Result<String, AccountError> {
    let name = text.trim();
    let signs = name.chars().count();
    if (1..=NAME_SIGNS).contains(&signs) && !name.chars().any(char::is_control) {
        Ok(name.to_owned())
    } else {
        Err(AccountError::BadName)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_compared_in_small_letters() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(email(text).ok().as_deref(), expected, "{text}");
        };
        check(" Ada@Shop.Example ", Some("ada@shop.example"));
        check("ada@localhost", Some("ada@localhost"));
        check("ada+waymark@shop.example", Some("ada+waymark@shop.example"));
        for bad in
            ["", "ada", "@shop.example", "ada@", "a@b@c", "a b@c.example", "a@c.example\r\nBcc: x@y.example"]
        {
            check(bad, None);
        }
        check("<ada@shop.example>", None);
        check(&format!("{}@shop.example", "a".repeat(250)), None);
    }

    #[test]
    fn names_are_short_texts() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(name(text).ok().as_deref(), expected, "{text}");
        };
        check(" Ada Lovelace ", Some("Ada Lovelace"));
        check(&"ü".repeat(100), Some(&"ü".repeat(100)));
        for bad in [String::new(), "  ".to_owned(), "a\u{7}b".to_owned(), "a".repeat(101)] {
            check(&bad, None);
        }
    }
}
