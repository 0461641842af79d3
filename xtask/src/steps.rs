//! Named steps, run one after another, each with its heading and duration; the first failure ends them.

use std::time::{Duration, Instant};

use crate::command::Command;
use crate::failure::Failure;
use crate::workspace::Workspace;

/// Announces and times the steps of a task. All it prints goes to standard error.
pub(crate) struct Steps<'a> {
    workspace: &'a Workspace,
    done: usize,
    total: usize,
}

impl<'a> Steps<'a> {
    /// `total` is the number of steps to come, for the headings.
    pub(crate) fn new(workspace: &'a Workspace, total: usize) -> Self {
        Self { workspace, done: 0, total }
    }

    /// Runs a command as a step.
    ///
    /// # Errors
    /// When it cannot be started or does not succeed.
    pub(crate) fn run(&mut self, step: &'static str, command: &Command) -> Result<(), Failure> {
        let workspace = self.workspace;
        self.timed(step, || command.must(step, workspace))
    }

    /// Runs code of our own as a step, and says how long it took if it succeeded.
    ///
    /// # Errors
    /// Those of `work`.
    pub(crate) fn timed<T>(
        &mut self,
        step: &'static str,
        work: impl FnOnce() -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.heading(step);
        let start = Instant::now();
        let result = work()?;
        eprintln!("   {step}: {}", shown(start.elapsed()));
        Ok(result)
    }

    /// Announces the next step, for one that has the last word itself.
    pub(crate) fn heading(&mut self, step: &str) {
        self.done += 1;
        eprintln!("\n== {}/{} {step}", self.done, self.total);
    }
}

fn shown(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s")
    } else {
        format!("{} min {:02} s", duration.as_secs() / 60, duration.as_secs() % 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_shown_in_seconds_then_minutes() {
        assert_eq!(shown(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(shown(Duration::from_secs(185)), "3 min 05 s");
    }
}
