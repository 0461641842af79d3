//! Goals on the wire: read, put in place of another, retired, and as they once were.

use std::sync::Arc;

use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    response::Response,
};
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use waymark_analysis::Conditions;
use waymark_model::{
    Condition, Counting, Dimension, Goal, GoalValue, Predicate, Role, SiteDefinition, TextColumn, Trigger,
    definitions::What,
};

use super::{Edited, change};
use crate::{
    api::{
        body,
        error::{ApiError, Code},
        guard::{self, Need},
        moment,
        page::Page,
        schema,
    },
    serve::App,
};

/// A goal. What counts as one is a kind of event, a session's length, or its page views.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Goal)]
pub(in crate::api) struct GoalJson {
    /// Its name, unique within the site.
    pub(super) name: String,
    /// The version of the definition, from 1; not for you to give.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    /// What it means for the site.
    #[schema(value_type = schema::GoalRole)]
    role: Role,
    /// It is the site's one measure of success. Another that was, is not any more.
    #[serde(default)]
    headline: bool,
    /// The event's name, or a list of names; `*` stands for any run of characters. The goal's own name unless something
    /// else is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Names>)]
    event: Option<Value>,
    /// What the event must be like.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Conditions>)]
    conditions: Option<Conditions>,
    /// Instead of an event: the session has lasted so long, in ms.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    duration_ms: Option<i64>,
    /// Instead of an event: the session has seen so many page views.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pages: Option<u32>,
    /// Which events count. `every` for a macro, `once_per_session` for others unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<schema::Counting>)]
    counting: Option<Counting>,
    /// What a conversion is worth.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<ValueJson>,
}

/// A name or several.
#[derive(Deserialize, ToSchema)]
#[serde(untagged)]
#[allow(dead_code, reason = "it stands for the form in the document")]
enum Names {
    One(String),
    Several(Vec<String>),
}

/// What a conversion is worth: an amount, or what each event carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged, expecting = "a value is `\"from_event\"`, or an object with `amount` and `currency`")]
enum ValueJson {
    /// What each event carries.
    Own(FromEvent),
    /// The same for every conversion.
    Fixed(Amount),
}

/// What each event carries.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum FromEvent {
    FromEvent,
}

/// An amount.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Amount {
    /// Minor units: cents, pence, yen.
    amount: i64,
    /// ISO 4217 code.
    currency: String,
}

impl GoalJson {
    pub(in crate::api) fn of(goal: &Goal) -> Self {
        let (mut event, mut conditions, mut duration_ms, mut pages) = (None, None, None, None);
        match &goal.trigger {
            Trigger::Duration { at_least_ms } => duration_ms = Some(*at_least_ms),
            Trigger::Pages { at_least } => pages = Some(*at_least),
            Trigger::Event(predicate) => (event, conditions) = parts(predicate),
        }
        Self {
            name: goal.name.clone(),
            version: Some(goal.version),
            role: goal.role,
            headline: goal.headline,
            event,
            conditions,
            duration_ms,
            pages,
            counting: Some(goal.counting),
            value: goal.value.as_ref().map(ValueJson::of),
        }
    }

    /// The goal that it states.
    ///
    /// # Errors
    /// When it looks for more than one thing, or a condition is none. Other faults are found when definitions are checked.
    pub(in crate::api) fn goal(&self) -> Result<Goal, ApiError> {
        let on_events = self.event.is_some() || self.conditions.is_some();
        let stated = [on_events, self.duration_ms.is_some(), self.pages.is_some()];
        if stated.into_iter().filter(|stated| *stated).count() > 1 {
            let wrong = "a goal looks for events, for a length of the session, or for its pages: not for several of them";
            return Err(ApiError::new(Code::Definitions, wrong).hint("make a goal of each"));
        }
        let trigger = match (self.duration_ms, self.pages) {
            (Some(at_least_ms), _) => Trigger::Duration { at_least_ms },
            (_, Some(at_least)) => Trigger::Pages { at_least },
            _ => Trigger::Event(self.predicate()?),
        };
        Ok(Goal {
            name: self.name.clone(),
            version: 1,
            role: self.role,
            headline: self.headline,
            trigger,
            counting: self.counting.unwrap_or(Counting::default_for(self.role, false)),
            value: self.value.as_ref().map(ValueJson::value),
        })
    }

    fn predicate(&self) -> Result<Predicate, ApiError> {
        let mut predicate = match (&self.event, &self.conditions) {
            (Some(event), _) => Conditions([("event".to_owned(), event.clone())].into()).predicate()?,
            (None, None) => Predicate::event(&self.name),
            (None, Some(_)) => Predicate::default(),
        };
        if let Some(conditions) = &self.conditions {
            predicate.all.extend(conditions.predicate()?.all);
        }
        Ok(predicate)
    }
}

/// The event's name where it can stand alone, and the other conditions.
fn parts(predicate: &Predicate) -> (Option<Value>, Option<Conditions>) {
    let is_name = |condition: &Condition| {
        matches!(condition, Condition::Text { of: Dimension::Column(TextColumn::Name), .. })
    };
    let (names, others): (Vec<Condition>, Vec<Condition>) = predicate.all.iter().cloned().partition(is_name);
    let event = Conditions::of(&Predicate { all: names }).0.remove("event");
    match event {
        Some(event) if !event.is_object() && predicate.all.iter().filter(|one| is_name(one)).count() == 1 => {
            let conditions = (!others.is_empty()).then(|| Conditions::of(&Predicate { all: others }));
            (Some(event), conditions)
        }
        _ => (None, Some(Conditions::of(predicate))),
    }
}

impl ValueJson {
    fn of(value: &GoalValue) -> Self {
        match value {
            GoalValue::FromEvent => Self::Own(FromEvent::FromEvent),
            GoalValue::Fixed { amount, currency } => {
                Self::Fixed(Amount { amount: *amount, currency: currency.clone() })
            }
        }
    }

    fn value(&self) -> GoalValue {
        match self {
            Self::Own(FromEvent::FromEvent) => GoalValue::FromEvent,
            Self::Fixed(Amount { amount, currency }) => {
                GoalValue::Fixed { amount: *amount, currency: currency.clone() }
            }
        }
    }
}

/// Add a goal, change it, or give it another name
///
/// A goal of the name in the path is replaced; without one, the goal is new. Steps of funnels that name the goal follow it to its new name.
#[utoipa::path(
    put,
    path = "/api/v1/sites/{site}/goals/{name}",
    tag = "definitions",
    operation_id = "put_goal",
    params(("site" = String, Path, description = "The site's name"), ("name" = String, Path, description = "The goal's name")),
    request_body = GoalJson,
    responses((status = 200, description = "What was changed", body = Edited), ApiError)
)]
pub(in crate::api) async fn put(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let given: GoalJson = body::json(&app, body).await?;
    let goal = given.goal()?;
    change(&app, &access, &headers, false, |site| place(site, &name, goal, &given)).await
}

/// Puts a goal in the place of the one that is called `name`.
fn place(site: &mut SiteDefinition, name: &str, goal: Goal, given: &GoalJson) -> Result<(), ApiError> {
    let at = site.goals.iter().position(|known| known.name == name);
    if at.is_none() && goal.name != name {
        return Err(missing(name));
    }
    if goal.headline {
        site.goals.iter_mut().for_each(|other| other.headline = false);
    }
    if goal.name != name {
        rename(site, name, &goal.name);
    }
    match at.and_then(|at| site.goals.get_mut(at)) {
        // Conditions in another order are the same goal, and no new version.
        Some(known) if given.says(known) => known.headline = goal.headline,
        Some(known) => *known = goal,
        None => site.goals.push(goal),
    }
    Ok(())
}

impl GoalJson {
    /// Whether it states the goal as it is, but for what it is called and whether it is the headline.
    fn says(&self, goal: &Goal) -> bool {
        let known = Self::of(goal);
        let counting = Some(self.counting.unwrap_or(Counting::default_for(self.role, false)));
        Self { version: known.version, headline: known.headline, counting, ..self.clone() } == known
    }
}

/// Steps of funnels follow a goal to its new name.
fn rename(site: &mut SiteDefinition, from: &str, to: &str) {
    for funnel in &mut site.funnels {
        let steps = funnel.steps.iter_mut().map(|step| &mut step.what);
        for what in steps.chain(funnel.exclusions.iter_mut().map(|exclusion| &mut exclusion.what)) {
            if let What::Named(name) | What::Goal(name) = what
                && name == from
            {
                to.clone_into(name);
            }
        }
    }
}

fn missing(name: &str) -> ApiError {
    let shown: String = name.chars().take(100).collect();
    ApiError::new(Code::NotFound, format!("there is no goal called `{shown}`; nothing was changed"))
}

/// Retire a goal
///
/// It counts no more; its versions stay on record. A goal that a funnel asks for cannot go before the funnel.
#[utoipa::path(
    delete,
    path = "/api/v1/sites/{site}/goals/{name}",
    tag = "definitions",
    operation_id = "delete_goal",
    params(("site" = String, Path, description = "The site's name"), ("name" = String, Path, description = "The goal's name")),
    responses((status = 200, description = "What was changed", body = Edited), ApiError)
)]
pub(in crate::api) async fn delete(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Edit).await?;
    let gone = |site: &mut SiteDefinition| {
        let before = site.goals.len();
        site.goals.retain(|goal| goal.name != name);
        if site.goals.len() == before { Err(missing(&name)) } else { Ok(()) }
    };
    change(&app, &access, &headers, false, gone).await
}

/// A goal as it once was.
#[derive(Debug, Serialize, ToSchema)]
pub(in crate::api) struct GoalVersionJson {
    /// The version, from 1.
    version: u32,
    /// The goal.
    goal: GoalJson,
    /// When it was made so.
    at: Option<String>,
    /// By whom; `null` for viewers.
    by: Option<String>,
}

/// List the versions of a goal
#[utoipa::path(
    get,
    path = "/api/v1/sites/{site}/goals/{name}/versions",
    tag = "definitions",
    operation_id = "goal_versions",
    params(("site" = String, Path, description = "The site's name"), ("name" = String, Path, description = "The goal's name")),
    responses((status = 200, description = "Versions, the newest first", body = Page<GoalVersionJson>), ApiError)
)]
pub(in crate::api) async fn versions(
    State(app): State<Arc<App>>,
    Path((site, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<Page<GoalVersionJson>>, ApiError> {
    let access = guard::site(&app, &headers, &site, Need::Read).await?;
    let found = app.catalog.goal_versions(&access.site, &name).await?;
    if found.is_empty() {
        return Err(missing(&name));
    }
    let items = found.into_iter().map(|version| GoalVersionJson {
        version: version.definition.version,
        goal: GoalJson::of(&version.definition),
        at: version.by.as_ref().map(|by| moment(by.at)),
        by: version.by.and_then(|by| access.named(&by)),
    });
    Ok(Json(Page::whole(items.collect())))
}
