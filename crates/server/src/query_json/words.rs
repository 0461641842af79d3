//! The words of the model as a schema knows them: the model's own types know nothing of schemas. A test holds the two
//! together.

#![allow(dead_code, reason = "these stand for the model's types in schemas, and are never made")]

use utoipa::ToSchema;

/// A unit that journeys are counted in.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Unit {
    Visitor,
    Session,
    User,
    Event,
}

/// Which of a unit's events decides.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Touch {
    First,
    Last,
}

/// The units that a filter selects.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Selects {
    Visitors,
    Sessions,
}

/// Whether steps must follow one another.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Order {
    Ordered,
    Strict,
    Any,
}

/// Which events of step 1 may start a chain.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Anchor {
    Any,
    First,
}

/// How far a chain may reach.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Scope {
    Visitor,
    Session,
}

/// Where a unit may enter.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Entry {
    Closed,
    Open,
}

/// What is counted through a funnel.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Tally {
    Visitor,
    Session,
    Pair,
    Total,
}

/// What visitors rest on.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Identity {
    Audience,
    Consented,
    Imported,
}

/// What a goal means for the site.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum GoalRole {
    Macro,
    Milestone,
    Secondary,
}

/// Which of a goal's matching events count.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Counting {
    Every,
    OncePerSession,
    OncePerVisitor,
    OncePerKey,
}

/// A respect in which two rates differ.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Contrast {
    Site,
    Goal,
    GoalVersion,
    Base,
    Population,
    Period,
    Identity,
}

/// How much a lint matters.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Severity {
    Error,
    Warning,
    Advice,
}

/// A change of a goal's definition that settles a lint.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum Mend {
    CountOncePerKey,
    CountOncePerSession,
    ValueFromEvent,
}

/// What a lint points at: the site as a whole, a goal or a funnel by its name.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(crate) enum LintSubject {
    Site,
    Goal(String),
    Funnel(String),
}

/// An interval of a share.
#[derive(ToSchema)]
pub(crate) struct Interval {
    /// Lower end.
    low: f64,
    /// Upper end.
    high: f64,
    /// Confidence level, in (0, 1).
    confidence: f64,
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::{Value, json};
    use utoipa::PartialSchema;
    use waymark_model as model;

    use super::*;

    /// Each word of the schema is one of the model's, in its order, and there is no other.
    fn check<S: PartialSchema, M: Serialize, const N: usize>(all: [M; N]) {
        let schema = serde_json::to_value(S::schema()).unwrap();
        let words: Vec<Value> = all.iter().map(|word| json!(word)).collect();
        assert_eq!(schema["enum"], json!(words));
    }

    #[test]
    fn the_words_are_the_models() {
        use model::lints::Severity as L;
        use model::{
            Anchor as A, Counting as C, Entry as E, Identity as I, Order as O, Role as R, Scope as S,
            Unit as U,
        };
        check::<Unit, _, 4>([U::Visitor, U::Session, U::User, U::Event]);
        check::<Touch, _, 2>([model::Touch::First, model::Touch::Last]);
        check::<Selects, _, 2>([model::Selects::Visitors, model::Selects::Sessions]);
        check::<Order, _, 3>([O::Ordered, O::Strict, O::Any]);
        check::<Anchor, _, 2>([A::Any, A::First]);
        check::<Scope, _, 2>([S::Visitor, S::Session]);
        check::<Entry, _, 2>([E::Closed, E::Open]);
        check::<Identity, _, 3>([I::Audience, I::Consented, I::Imported]);
        check::<GoalRole, _, 3>([R::Macro, R::Milestone, R::Secondary]);
        check::<Counting, _, 4>([C::Every, C::OncePerSession, C::OncePerVisitor, C::OncePerKey]);
        check::<Severity, _, 3>([L::Error, L::Warning, L::Advice]);
        check::<Tally, _, 4>(["visitor", "session", "pair", "total"]);
    }
}
