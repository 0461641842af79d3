//! Why a query has no answer, with what was probably meant.

use waymark_model::{DefinitionError, Incomparable, RateError, definitions::ResolveError, rate::Contrast};
use waymark_query::PlanError;
use waymark_stats::StatsError;
use waymark_store::columns::ColumnsError;

/// Why a query has no answer. Nothing was changed by asking.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The text is no query.
    #[error("this is no query: {message}")]
    Json {
        /// What is wrong, and where.
        message: String,
        /// What was probably meant.
        hint: Option<String>,
    },
    /// No goal and no event has that name.
    #[error("there is no goal called `{name}`, and no event of that name was ever recorded")]
    UnknownGoal {
        /// The name given.
        name: String,
        /// What was probably meant.
        hint: Option<String>,
    },
    /// No funnel has that name.
    #[error("there is no funnel called `{name}`")]
    UnknownFunnel {
        /// The name given.
        name: String,
        /// What was probably meant.
        hint: Option<String>,
    },
    /// A funnel is neither named nor stated, or both.
    #[error("a funnel is asked for either by `name` or by `steps` with their options, not by {0}")]
    FunnelForm(&'static str),
    /// Steps that cannot be read.
    #[error("the steps cannot be read")]
    Steps {
        /// The text of the steps.
        text: String,
        /// What is wrong with it.
        errors: Vec<DefinitionError>,
    },
    /// A step or exclusion that states nothing, too much, or what does not go together.
    #[error("a step or exclusion {0}")]
    Step(&'static str),
    /// The funnel cannot be computed.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// A range that is none.
    #[error("the range cannot be read: {reason}")]
    Range {
        /// What is wrong with it.
        reason: String,
    },
    /// No column is called so.
    #[error("no column is called `{name}`")]
    UnknownDimension {
        /// The name given.
        name: String,
        /// What was probably meant.
        hint: Option<String>,
    },
    /// A condition that is none.
    #[error("the condition on `{of}` cannot be read: {reason}")]
    Condition {
        /// The dimension.
        of: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A length of time that is none.
    #[error(transparent)]
    Duration(#[from] waymark_model::duration::BadDuration),
    /// The engine refused or failed.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The question picks out fewer visitors than whoever asks may see by themselves, or leaves out so few.
    #[error(
        "This question singles out or excludes fewer than 10 visitors. Only editors and owners may see such small groups."
    )]
    FewVisitors,
    /// The range begins or ends within a day.
    #[error(
        "This range begins or ends within a day, and could single out fewer than 10 visitors. Only editors and owners may see \
         such small groups."
    )]
    WithinDay,
    /// What is told to editors and owners only, because it could single out a few visitors.
    #[error("Only editors and owners may ask for {0}: they could single out fewer than 10 visitors.")]
    OnlyEditors(&'static str),
    /// What is told to others without a filter only.
    #[error(
        "Only editors and owners may ask for {0} together with a filter: it could single out fewer than 10 visitors."
    )]
    WithFilter(&'static str),
    /// A step with conditions of its own, asked by somebody who sees no small groups.
    #[error("Only editors and owners may ask for steps with conditions of their own. Ask for steps by name.")]
    OwnConditions,
    /// A column could not be read.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// Counts that make no rate: a fault of the program.
    #[error("{0}: nothing was changed; please report it")]
    Rate(#[from] RateError),
    /// Moments that make no interval: a fault of the program.
    #[error("{0}: nothing was changed; please report it")]
    Stats(#[from] StatsError),
    /// A number beyond what is allowed.
    #[error("`{what}` is between 1 and {most}")]
    Bound {
        /// What the number is of.
        what: &'static str,
        /// The greatest allowed.
        most: usize,
    },
    /// Both a goal and conditions, of which one would do.
    #[error("events are asked for by `goal` or by `where`, not by both")]
    EventsForm,
    /// Neither where paths lead nor where they begin, or both.
    #[error("paths lead `to` a goal or begin `from` it: give one of the two")]
    PathsForm,
    /// A place in a list that no answer gave.
    #[error("`before` is no place in a list: give `next` of the answer before, or leave it out")]
    Cursor,
    /// Two rates that must not be compared.
    #[error("{code}: {0}", code = Incomparable::CODE)]
    Incomparable(#[from] Incomparable),
    /// The engine gave something else than was asked for: a fault of the program.
    #[error(
        "the query gave another kind of result than was asked for: nothing was changed; please report it"
    )]
    WrongKind,
}

impl QueryError {
    /// Refuses a number that is not between 1 and the greatest allowed.
    pub fn check_bound(what: &'static str, number: usize, most: usize) -> Result<(), Self> {
        if (1..=most).contains(&number) { Ok(()) } else { Err(Self::Bound { what, most }) }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Json { hint, .. } => hint.clone(),
            Self::UnknownGoal { hint, .. }
            | Self::UnknownFunnel { hint, .. }
            | Self::UnknownDimension { hint, .. } => hint.clone(),
            Self::Resolve(
                ResolveError::UnknownGoal { nearest: Some(nearest), .. }
                | ResolveError::UnknownStep { nearest: Some(nearest), .. },
            ) => Some(format!("did you mean `{nearest}`?")),
            Self::Range { .. } => Some(
                "write dates (`2026-01-31`, the last one included) or moments (`2026-01-31T12:00:00Z`, the last one \
                 not included)"
                    .to_owned(),
            ),
            Self::Incomparable(incomparable) => Some(comparable(incomparable)),
            Self::FewVisitors => {
                Some("Choose values that at least 10 visitors have, or remove the filter.".to_owned())
            }
            Self::WithinDay => Some("Ask about whole days of the site's time zone.".to_owned()),
            Self::OnlyEditors(_) => Some("Ask an owner of the site for the role of an editor.".to_owned()),
            Self::WithFilter(_) => Some("Remove the filter.".to_owned()),
            Self::OwnConditions => {
                Some("ask for a goal or funnel of the site; an editor can define one".to_owned())
            }
            _ => None,
        }
    }

    /// Whether the query names something that is not there.
    pub const fn is_unknown_name(&self) -> bool {
        matches!(
            self,
            Self::UnknownGoal { .. }
                | Self::UnknownFunnel { .. }
                | Self::Resolve(ResolveError::UnknownGoal { .. })
        )
    }

    /// Whether the query itself is at fault, not the data or the program.
    pub const fn is_usage(&self) -> bool {
        !matches!(
            self,
            Self::Columns(_)
                | Self::Rate(_)
                | Self::Stats(_)
                | Self::WrongKind
                | Self::Plan(PlanError::Columns(_) | PlanError::Internal(_) | PlanError::Cancelled)
        )
    }
}

fn comparable(incomparable: &Incomparable) -> String {
    let allowed = |contrast: &Contrast| matches!(contrast, Contrast::Period | Contrast::Population);
    if incomparable.differ.iter().all(allowed) {
        "let the two differ in their range or in their filter, not in both".to_owned()
    } else {
        "rates compare when they differ in their range or their filter alone: give both the same goal and base".to_owned()
    }
}
