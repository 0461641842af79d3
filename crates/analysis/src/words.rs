//! The words of the model as a schema knows them: the model's own types know nothing of schemas. A test holds the two
//! together.

#![allow(dead_code, reason = "these stand for the model's types in schemas, and are never made")]

use schemars::JsonSchema;

/// A unit that journeys are counted in.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Visitor,
    Session,
    User,
    Event,
}

/// Which of a unit's events decides.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Touch {
    First,
    Last,
}

/// The units that a filter selects.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Selects {
    Visitors,
    Sessions,
}

/// Whether steps must follow one another.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    Ordered,
    Strict,
    Any,
}

/// Which events of step 1 may start a chain.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Anchor {
    Any,
    First,
}

/// How far a chain may reach.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Visitor,
    Session,
}

/// Where a unit may enter.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Entry {
    Closed,
    Open,
}

/// What is counted through a funnel.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tally {
    Visitor,
    Session,
    Pair,
    Total,
}

/// What visitors rest on.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Identity {
    Audience,
    Consented,
    Imported,
}

/// What a goal means for the site.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GoalRole {
    Macro,
    Milestone,
    Secondary,
}

/// Which of a goal's matching events count.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    Every,
    OncePerSession,
    OncePerVisitor,
    OncePerKey,
}

/// A respect in which two rates differ.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Contrast {
    Site,
    Goal,
    GoalVersion,
    Base,
    Population,
    Period,
    Identity,
}

/// How much a lint matters.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Error,
    Warning,
    Advice,
}

/// A change of a goal's definition that settles a lint.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mend {
    CountOncePerKey,
    CountOncePerSession,
    ValueFromEvent,
}

/// What a lint points at: the site as a whole, a goal or a funnel by its name.
#[derive(JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LintSubject {
    Site,
    Goal(String),
    Funnel(String),
}

/// An interval of a share.
#[derive(JsonSchema)]
pub struct Interval {
    /// Lower end.
    low: f64,
    /// Upper end.
    high: f64,
    /// Confidence level, in (0, 1).
    confidence: f64,
}

#[cfg(test)]
mod tests {
    use schemars::schema_for;
    use serde::Serialize;
    use serde_json::{Value, json};
    use waymark_model as model;

    use super::*;

    /// Each word of the schema is one of the model's, in its order, and there is no other.
    fn check<S: JsonSchema, M: Serialize, const N: usize>(all: [M; N]) {
        let schema = serde_json::to_value(schema_for!(S)).unwrap();
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
