//! Lints on a site's goals taken together: its headline, and how many there are.

use super::{Code, Lint, MOST_MACROS, MOST_MICROS, Severity, Subject};
use crate::{
    definitions::SiteDefinition,
    goal::{Goal, Role},
};

pub(super) fn lint(site: &SiteDefinition) -> Vec<Lint> {
    let macros = site.goals.iter().filter(|goal| goal.role == Role::Macro).count();
    let micros = site.goals.len() - macros;
    let mut lints = headline(site, macros);
    lints.extend((macros > MOST_MACROS).then(|| too_many_macros(site, macros)));
    lints.extend((micros > MOST_MICROS).then(|| too_many_micros(site, micros)));
    lints
}

fn headline(site: &SiteDefinition, macros: usize) -> Vec<Lint> {
    let headlines: Vec<_> = site.goals.iter().filter(|goal| goal.headline).collect();
    let mut lints: Vec<_> =
        headlines.iter().filter(|goal| goal.role.is_micro()).map(|goal| micro_headline(site, goal)).collect();
    match headlines.as_slice() {
        [] => lints.push(no_headline(site, macros)),
        [_] => (),
        [first, others @ ..] => lints.extend(others.iter().map(|goal| another_headline(site, first, goal))),
    }
    lints
}

fn no_headline(site: &SiteDefinition, macros: usize) -> Lint {
    let hint = if macros == 0 {
        "Define the action that the site exists for (a purchase, a booking, a donation) as a goal with \
         `role = \"macro\"` and `headline = true`."
    } else {
        "Choose the one macro goal the site exists for and add `headline = true` to it."
    };
    Lint {
        code: Code::NoHeadline,
        severity: Severity::Error,
        site: site.name.clone(),
        subject: Subject::Site,
        message: "No goal is the headline, so no number says whether the site does well.".to_owned(),
        hint: hint.to_owned(),
        mends: Vec::new(),
    }
}

fn another_headline(site: &SiteDefinition, first: &Goal, other: &Goal) -> Lint {
    Lint {
        code: Code::SeveralHeadlines,
        severity: Severity::Error,
        site: site.name.clone(),
        subject: Subject::Goal(other.name.clone()),
        message: format!(
            "Both `{}` and `{}` are the headline. When one rises and the other falls, nobody can say whether \
             the site does better; `{}` is shown as the headline.",
            first.name, other.name, first.name
        ),
        hint: "Keep `headline = true` on the one that matters most and remove it from the other.".to_owned(),
        mends: Vec::new(),
    }
}

fn micro_headline(site: &SiteDefinition, goal: &Goal) -> Lint {
    Lint {
        code: Code::MicroHeadline,
        severity: Severity::Error,
        site: site.name.clone(),
        subject: Subject::Goal(goal.name.clone()),
        message: format!(
            "`{}` is the headline, but only a step or a sign of interest: it can rise while sales fall.",
            goal.name
        ),
        hint: "Make a macro goal the headline, or give this one `role = \"macro\"` if it is what the site \
               exists for."
            .to_owned(),
        mends: Vec::new(),
    }
}

fn too_many_macros(site: &SiteDefinition, macros: usize) -> Lint {
    Lint {
        code: Code::TooManyMacros,
        severity: Severity::Advice,
        site: site.name.clone(),
        subject: Subject::Site,
        message: format!(
            "{macros} goals are macros. With more than {MOST_MACROS} main purposes, none stands out."
        ),
        hint: "Keep the actions the business lives on; make the others `milestone` or `secondary`."
            .to_owned(),
        mends: Vec::new(),
    }
}

fn too_many_micros(site: &SiteDefinition, micros: usize) -> Lint {
    Lint {
        code: Code::TooManyMicros,
        severity: Severity::Advice,
        site: site.name.clone(),
        subject: Subject::Site,
        message: format!(
            "{micros} goals are micro conversions. With more than {MOST_MICROS}, some will rise and some fall \
             by chance every week, and the ones that matter are lost among them."
        ),
        hint:
            "Remove those that nobody would act on. The events stay: a goal defined again later covers all \
               of history."
                .to_owned(),
        mends: Vec::new(),
    }
}
