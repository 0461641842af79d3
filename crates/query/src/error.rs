//! Why a query cannot be run.

use waymark_store::columns::ColumnsError;

use crate::predicates;

/// Why a query cannot be run.
#[derive(Clone, Debug, thiserror::Error)]
pub enum PlanError {
    /// One funnel looks for too many different things; of goals there may be any number.
    #[error("this funnel looks for {0} different kinds of events: at most {most} are possible, so use fewer exclusions", most = predicates::MOST)]
    TooManyPredicates(usize),
    /// The funnel's choices do not go together.
    #[error(transparent)]
    Funnel(#[from] waymark_model::FunnelError),
    /// The population selects sessions, but the funnel's chains may cross them.
    #[error("a filter on sessions needs a funnel that counts sessions: filter visitors, or count sessions")]
    SessionFilter,
    /// The funnel's steps come in any order, so that there is no chain to look behind.
    #[error("what units did instead needs a funnel whose steps come in order: `order` cannot be `any`")]
    AnyOrder,
    /// The step has none behind it.
    #[error("no step comes after step {step}: the funnel has {steps} steps that units must take")]
    NoStepAfter {
        /// The step asked for, from 1.
        step: usize,
        /// How many there are.
        steps: usize,
    },
    /// A unit that this query cannot count in.
    #[error("this query counts visitors or sessions, not {0}s")]
    Unit(&'static str),
    /// A column could not be read.
    #[error(transparent)]
    Columns(#[from] ColumnsError),
    /// Two workers disagreed: a fault of the program.
    #[error("the query failed inside ({0}): nothing was changed; please report it")]
    Internal(String),
    /// The query was cancelled.
    #[error("the query was cancelled before it was done: nothing was changed")]
    Cancelled,
}
