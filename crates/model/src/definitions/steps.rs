//! Funnel steps in one line, for a command line: `view > [newsletter] > "add to cart" > purchase`.

use std::ops::Range;

use super::{
    error::{DefinitionError, Errors},
    funnel::{StepDefinition, What},
};
use crate::funnel::Funnel;

/// Reads steps separated by `>`. Each names a goal or, when no goal is called so, an event. A step in square
/// brackets is optional; one in double quotes is taken as it stands (so it may hold `>` or brackets).
///
/// # Errors
/// Everything that is wrong, with spans in bytes of this text.
pub fn parse_steps(text: &str) -> Result<Vec<StepDefinition>, Vec<DefinitionError>> {
    let mut errors = Errors::default();
    let steps: Vec<_> = split(text).into_iter().filter_map(|part| step(text, part, &mut errors)).collect();
    if !(Funnel::MIN_STEPS..=Funnel::MAX_STEPS).contains(&steps.len()) {
        let hint = Some("write them as `view > cart > purchase`".to_owned());
        let message = format!("a funnel has 2 to 12 steps, this one has {}", steps.len());
        errors.push(0..text.len(), message, "too few or too many", hint);
    }
    errors.into_result(steps)
}

/// The parts between `>` that stand outside quotes, trimmed.
fn split(text: &str) -> Vec<Range<usize>> {
    let (mut parts, mut start, mut quoted) = (Vec::new(), 0, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'>' if !quoted => {
                parts.push(trim(text, start..at));
                start = at + 1;
            }
            _ => (),
        }
    }
    parts.push(trim(text, start..text.len()));
    parts
}

fn trim(text: &str, part: Range<usize>) -> Range<usize> {
    let inner = &text[part.clone()];
    let start = part.start + (inner.len() - inner.trim_start().len());
    start..start + inner.trim().len()
}

fn step(text: &str, part: Range<usize>, errors: &mut Errors) -> Option<StepDefinition> {
    let written = &text[part.clone()];
    let optional = written.len() >= 2 && written.starts_with('[') && written.ends_with(']');
    let inner = if optional { trim(text, part.start + 1..part.end - 1) } else { part.clone() };
    let Some(name) = name(&text[inner.clone()]) else {
        let hint = "separate steps by `>`, put an optional one in brackets, `[step]`, and a name with such signs in quotes";
        let (message, label) = if inner.is_empty() {
            ("a step is empty".to_owned(), "nothing here")
        } else {
            (format!("`{written}` is no step"), "brackets or quotes do not match")
        };
        errors.push(part, message, label, Some(hint.to_owned()));
        return None;
    };
    Some(StepDefinition { optional, ..StepDefinition::of(What::Named(name.to_owned())) })
}

/// The name, without its quotes; `None` when it is empty or its signs do not match.
fn name(written: &str) -> Option<&str> {
    let quoted = written.len() >= 2 && written.starts_with('"') && written.ends_with('"');
    let name = if quoted { &written[1..written.len() - 1] } else { written };
    let stray: &[char] = if quoted { &['"'] } else { &['"', '[', ']', '>'] };
    (!name.trim().is_empty() && !name.contains(stray)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Steps as names, optional ones in parentheses; or where and what is wrong.
    fn check(text: &str, expected: Result<&str, &[(Range<usize>, &str)]>) {
        let found = parse_steps(text);
        let shown = found.as_ref().map(|steps| {
            let show = |step: &StepDefinition| match (&step.what, step.optional) {
                (What::Named(name), true) => format!("({name})"),
                (What::Named(name), false) => name.clone(),
                other => format!("{other:?}"),
            };
            steps.iter().map(show).collect::<Vec<_>>().join("|")
        });
        let wrong = |errors: &Vec<DefinitionError>| -> Vec<_> {
            errors.iter().map(|error| (error.span.clone(), error.label.clone())).collect()
        };
        let expected: Result<String, Vec<_>> = expected.map(str::to_owned).map_err(|errors| {
            errors.iter().map(|(span, label)| (span.clone(), (*label).to_owned())).collect()
        });
        assert_eq!(shown.map_err(wrong), expected, "{text}");
    }

    #[test]
    fn steps_in_one_line() {
        check("view > addtocart > transaction", Ok("view|addtocart|transaction"));
        check("view>[ newsletter ]>buy", Ok("view|(newsletter)|buy"));
        check("add to cart > \"a > [b]\" > [\"c\"]", Ok("add to cart|a > [b]|(c)"));
        check("größe > $scroll", Ok("größe|$scroll"));
        check("view", Err(&[(0..4, "too few or too many")]));
        check("", Err(&[(0..0, "nothing here"), (0..0, "too few or too many")]));
        check("a > > b", Err(&[(4..4, "nothing here")]));
        check("a > [] > b", Err(&[(4..6, "nothing here")]));
        check("a > [b > c", Err(&[(4..6, "brackets or quotes do not match")]));
        check("a > b > \"c", Err(&[(8..10, "brackets or quotes do not match")]));
        check("a > b > ]", Err(&[(8..9, "brackets or quotes do not match")]));
        check(&["a"; 13].join(">"), Err(&[(0..25, "too few or too many")]));
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fail(text: String) {
            for error in parse_steps(&text).err().into_iter().flatten() {
                proptest::prop_assert!(text.get(error.span).is_some());
            }
        }
    }
}
