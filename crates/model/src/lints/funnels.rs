//! Lints on one funnel: whether it can be computed, and whether it leads to what the site is for.

use super::{Code, Lint, Severity, Subject};
use crate::{
    definitions::{FunnelDefinition, SiteDefinition},
    funnel::{Funnel, Step},
    goal::Role,
};

pub(super) fn lint(site: &SiteDefinition, funnel: &FunnelDefinition) -> Option<Lint> {
    let (code, severity, message, hint) = match funnel.resolve(&site.goals) {
        Err(error) => (
            Code::BrokenFunnel,
            Severity::Error,
            format!("The funnel `{}` cannot be computed: {error}.", funnel.name),
            "Correct the funnel, or define again what it refers to.",
        ),
        Ok(resolved) if !ends_in_macro(site, &resolved) => (
            Code::FunnelWithoutMacro,
            Severity::Advice,
            format!(
                "The funnel `{}` does not end in a macro goal: it can improve while success does not.",
                funnel.name
            ),
            "Add the macro goal it leads to as the last step.",
        ),
        Ok(_) => return None,
    };
    let subject = Subject::Funnel(funnel.name.clone());
    Some(Lint {
        code,
        severity,
        site: site.name.clone(),
        subject,
        message,
        hint: hint.to_owned(),
        mends: Vec::new(),
    })
}

/// Whether the last step is a macro, by name or because it looks for the same.
fn ends_in_macro(site: &SiteDefinition, funnel: &Funnel) -> bool {
    let macros = || site.goals.iter().filter(|goal| goal.role == Role::Macro);
    let is_macro = |step: &Step| macros().any(|goal| goal.trigger == step.trigger);
    funnel.steps.last().is_some_and(is_macro)
}
