//! Lints as text, what matters most first.

use waymark_model::lints::{Lint, Severity};

use super::style::{ERROR, HINT, TITLE, WARNING, shown, styled};

/// One lint after the other, each with what to do.
pub(crate) fn lints(lints: &[Lint]) -> String {
    let one = |lint: &Lint| {
        let (style, word) = match lint.severity {
            Severity::Error => (ERROR, "wrong:"),
            Severity::Warning => (WARNING, "doubtful:"),
            Severity::Advice => (TITLE, "advice:"),
        };
        format!(
            "{} {}\n  {} {}\n",
            styled(style, word),
            shown(&lint.message),
            styled(HINT, "hint:"),
            shown(&lint.hint)
        )
    };
    lints.iter().map(one).collect()
}
