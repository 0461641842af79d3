//! A command as data: it can be run, and shown as a line to paste into a shell.

use std::fmt;
use std::path::Path;
use std::process::{Command as Process, Output, Stdio};

use crate::failure::Failure;
use crate::workspace::Workspace;

/// A program, its arguments and the variables it needs beyond the inherited ones.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    program: String,
    args: Vec<String>,
    vars: Vec<(&'static str, String)>,
}

impl Command {
    /// A program by name or path.
    pub(crate) fn program(program: &Path) -> Self {
        Self { program: program.display().to_string(), args: Vec::new(), vars: Vec::new() }
    }

    /// Cargo, building into the workspace's target folder.
    pub(crate) fn cargo(workspace: &Workspace, args: &str) -> Self {
        Self::program(Path::new("cargo")).target(&workspace.target).args(args)
    }

    /// Sets the folder that cargo builds into.
    pub(crate) fn target(self, folder: &Path) -> Self {
        self.var("CARGO_TARGET_DIR", folder.display().to_string())
    }

    /// Adds arguments that are separated by spaces.
    pub(crate) fn args(mut self, args: &str) -> Self {
        self.args.extend(args.split_whitespace().map(String::from));
        self
    }

    /// Adds one argument, spaces and all.
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Sets a variable, in place of an earlier value.
    pub(crate) fn var(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.vars.retain(|(known, _)| *known != name);
        self.vars.push((name, value.into()));
        self
    }

    /// Runs it in the workspace's root, its output passed through; true if it succeeded.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<bool, Failure> {
        self.process(workspace)
            .status()
            .map(|status| status.success())
            .map_err(|source| self.not_started(source))
    }

    /// Runs it as a step of a task.
    ///
    /// # Errors
    /// When it cannot be started or does not succeed.
    pub(crate) fn must(&self, step: &'static str, workspace: &Workspace) -> Result<(), Failure> {
        match self.run(workspace)? {
            true => Ok(()),
            false => Err(Failure::Step { step, command: self.to_string() }),
        }
    }

    /// Runs it and collects what it writes to standard output, which is shown too when it has ended.
    ///
    /// # Errors
    /// When it cannot be started.
    pub(crate) fn capture(&self, workspace: &Workspace) -> Result<(bool, String), Failure> {
        let output = self
            .process(workspace)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| self.not_started(source))?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        print!("{text}");
        Ok((output.status.success(), text))
    }

    /// Whether it runs and succeeds; nothing of it is shown.
    pub(crate) fn succeeds(&self, workspace: &Workspace) -> bool {
        self.process(workspace).output().is_ok_and(|Output { status, .. }| status.success())
    }

    fn process(&self, workspace: &Workspace) -> Process {
        let mut process = Process::new(&self.program);
        process.args(&self.args).current_dir(&workspace.root);
        process.envs(self.vars.iter().map(|(name, value)| (name, value)));
        process
    }

    fn not_started(&self, source: std::io::Error) -> Failure {
        Failure::NotStarted { command: self.to_string(), source }
    }
}

/// As a POSIX shell reads it.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.vars {
            write!(f, "{name}={} ", quoted(value))?;
        }
        write!(f, "{}", quoted(&self.program))?;
        self.args.iter().try_for_each(|arg| write!(f, " {}", quoted(arg)))
    }
}

fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_=/.,:+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_as_a_line_for_a_shell() {
        let workspace = Workspace { root: "/src".into(), target: "/my cache".into() };
        let doc = Command::cargo(&workspace, "doc --no-deps").arg("it's").var("RUSTDOCFLAGS", "-D warnings");
        assert_eq!(
            doc.to_string(),
            r"CARGO_TARGET_DIR='/my cache' RUSTDOCFLAGS='-D warnings' cargo doc --no-deps 'it'\''s'"
        );
        assert_eq!(doc.var("RUSTDOCFLAGS", "").vars.len(), 2);
    }
}
