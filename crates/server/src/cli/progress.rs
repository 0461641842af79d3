//! How far long work is, on the error stream, if that is a terminal.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that is only seen when the work takes a while.
pub(crate) struct Tasks(ProgressBar);

/// A bar for work of that name, whose length becomes known on the way.
pub(crate) fn tasks(name: &'static str, is_shown: bool) -> Tasks {
    styled(bar(0, is_shown), "{prefix} {wide_bar} {percent} %", name)
}

/// A count of things of that name, up to a number that is expected.
pub(crate) fn counter(name: &'static str, expected: u64, is_shown: bool) -> Tasks {
    styled(bar(expected, is_shown), "{prefix} {wide_bar} {human_pos}", name)
}

/// One that is not shown costs nothing.
fn bar(length: u64, is_shown: bool) -> ProgressBar {
    if is_shown { ProgressBar::new(length) } else { ProgressBar::hidden() }
}

fn styled(bar: ProgressBar, template: &str, name: &'static str) -> Tasks {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.set_prefix(name);
    // Short work is over before the first tick.
    bar.enable_steady_tick(Duration::from_millis(500));
    Tasks(bar)
}

impl Tasks {
    /// So much of all is done.
    pub(crate) fn set(&self, done: usize, all: usize) {
        self.0.set_length(all as u64);
        self.0.set_position(done as u64);
    }

    /// So much is done.
    pub(crate) fn at(&self, done: u64) {
        self.0.set_position(done);
    }

    /// Takes the bar away.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}
