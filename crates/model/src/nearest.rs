//! What was probably meant by a name that is not known.

/// The known name that was probably meant: at most a third of the letters given differ (Damerau–Levenshtein, in
/// whatever case), and always one may.
#[must_use]
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name = name.to_lowercase();
    let limit = (name.chars().count() / 3).max(1);
    known
        .into_iter()
        .map(|known| (strsim::damerau_levenshtein(&name, &known.to_lowercase()), known))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn only_what_is_near_is_meant() {
        let known = ["purchase", "cart", "newsletter"];
        for (name, expected) in [
            ("purchas", Some("purchase")),
            ("Cart", Some("cart")),
            ("crat", Some("cart")),
            ("news", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, known), expected, "{name}");
        }
    }
}
