//! The few styles in use, and how foreign text is made safe to show. Where the output is no terminal, or `NO_COLOR` is
//! set, the printing stream takes the styles out.

use std::fmt::{self, Display};

use anstyle::{AnsiColor, Style};

/// A title.
pub(crate) const TITLE: Style = Style::new().bold();
/// The one number that matters.
pub(crate) const HEADLINE: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
/// What stands back: small numbers, explanations.
pub(crate) const MUTED: Style = Style::new().dimmed();
/// Something is wrong.
pub(crate) const ERROR: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Red)));
/// Something may be wrong.
pub(crate) const WARNING: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Yellow)));
/// What to do.
pub(crate) const HINT: Style = Style::new().bold().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));

/// Text in a style.
pub(crate) fn styled(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Foreign text: names, values and paths come from visitors, and must not steer the terminal.
pub(crate) fn shown(text: &str) -> impl Display + '_ {
    Shown(text)
}

struct Shown<'a>(&'a str);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Direction marks reorder what stands around them.
        let is_unsafe = |c: char| {
            c.is_control()
                || matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        };
        if !self.0.contains(is_unsafe) {
            return f.pad(self.0);
        }
        let safe: String = self
            .0
            .chars()
            .map(|c| if is_unsafe(c) { c.escape_unicode().to_string() } else { c.to_string() })
            .collect();
        f.pad(&safe)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_cannot_steer_the_terminal() {
        for (text, safe) in [
            ("view", "view"),
            ("größe", "größe"),
            ("a\u{1b}[31mb", "a\\u{1b}[31mb"),
            ("a\nb", "a\\u{a}b"),
            ("a\u{202e}b", "a\\u{202e}b"),
        ] {
            assert_eq!(shown(text).to_string(), safe);
        }
    }
}
