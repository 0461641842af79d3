//! A funnel in JSON: by name, or stated with the same words as in `waymark.toml`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use waymark_model::{
    Anchor, Dimension, Entry, FunnelDefinition, Order, Predicate, Scope, SiteDefinition, Tally, Trigger,
    definitions::{ExclusionDefinition, StepDefinition, What},
    duration, nearest,
};

use crate::{
    conditions::{Conditions, dimension},
    error::QueryError,
    over::{CompareTo, Over},
    words,
};

/// Asks for a funnel: the site's of that `name`, or the one that `steps` and the options state.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FunnelQuery {
    /// A funnel that the site has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// 2 to 12 steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StepQuery>,
    /// Longest time from the first step to the last: `7d`, `1h30m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// Whether steps must follow one another.
    #[serde(default)]
    #[schemars(with = "words::Order")]
    pub order: Order,
    /// Which events of step 1 may start a chain.
    #[serde(default)]
    #[schemars(with = "words::Anchor")]
    pub anchor: Anchor,
    /// How far a chain may reach.
    #[serde(default)]
    #[schemars(with = "words::Scope")]
    pub scope: Scope,
    /// Where a unit may enter.
    #[serde(default)]
    #[schemars(with = "words::Entry")]
    pub entry: Entry,
    /// What is counted.
    #[serde(default, with = "tally")]
    #[schemars(with = "words::Tally")]
    pub count: Tally,
    /// The dimension whose value all steps share: `prop.item`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same: Option<String>,
    /// Events that break chains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<StepQuery>,
    /// What it is about.
    #[serde(default)]
    pub over: Over,
    /// Another time to count beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compare: Option<CompareTo>,
}

/// A step or exclusion: the name of a goal or else of an event, or what it looks for in full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a step is a name, or an object with `name`, `goal`, `event`, `where`, `duration`, `pages`, \
                               `label`, `optional`, `within`, `after` or `before`"
)]
pub enum StepQuery {
    /// The goal of that name or, when no goal is called so, events of that name.
    Name(String),
    /// In full.
    Table(Box<StepTable>),
}

/// What a step or an exclusion looks for, in full.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StepTable {
    /// The goal of that name or, when no goal is called so, events of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The goal of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goal: Option<String>,
    /// Events of that name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Events like this.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Conditions>,
    /// The session has lasted this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// The session has seen this many page views.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<u32>,
    /// What a step is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Units may pass without the step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
    /// Longest time from the step before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// For an exclusion: the label of the step after which it breaks a chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<String>,
    /// For an exclusion: the label of the step before which it breaks a chain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
}

impl FunnelQuery {
    /// The funnel as it would be defined, and whether it is the site's own.
    pub fn definition(&self, site: &SiteDefinition) -> Result<(FunnelDefinition, bool), QueryError> {
        let form = Self { name: None, over: Over::default(), compare: None, ..self.clone() };
        let stated = form != Self::default();
        match (&self.name, stated) {
            (Some(_), true) => Err(QueryError::FunnelForm("both")),
            (None, _) if self.steps.is_empty() => Err(QueryError::FunnelForm("neither")),
            (None, _) => self.stated().map(|funnel| (funnel, false)),
            (Some(name), false) => match site.funnel(name) {
                Some(funnel) => Ok((funnel.clone(), true)),
                None => Err(unknown(name, site)),
            },
        }
    }

    fn stated(&self) -> Result<FunnelDefinition, QueryError> {
        let steps = self.steps.iter().map(StepQuery::step).collect::<Result<_, _>>()?;
        Ok(FunnelDefinition {
            window_ms: self.window.as_deref().map(duration::parse).transpose()?,
            order: self.order,
            anchor: self.anchor,
            scope: self.scope,
            entry: self.entry,
            tally: self.count,
            same: self.same.as_deref().map(dimension).transpose()?,
            exclusions: self.exclude.iter().map(StepQuery::exclusion).collect::<Result<_, _>>()?,
            ..FunnelDefinition::of("", steps)
        })
    }
}

fn unknown(name: &str, site: &SiteDefinition) -> QueryError {
    let names: Vec<&str> = site.funnels.iter().map(|funnel| funnel.name.as_str()).collect();
    let hint = match nearest(name, names.iter().copied()) {
        Some(known) => format!("did you mean `{known}`?"),
        None if names.is_empty() => "the site has no funnels: state one by its steps".to_owned(),
        None => format!("funnels: {}", names.join(", ")),
    };
    QueryError::UnknownFunnel { name: name.to_owned(), hint: Some(hint) }
}

impl StepQuery {
    fn step(&self) -> Result<StepDefinition, QueryError> {
        let table = match self {
            Self::Name(name) => return Ok(StepDefinition::of(What::Named(name.clone()))),
            Self::Table(table) => table,
        };
        if table.after.is_some() || table.before.is_some() {
            return Err(QueryError::Step("has `after` or `before`, which only an exclusion has"));
        }
        Ok(StepDefinition {
            what: table.what()?,
            label: table.label.clone(),
            optional: table.optional,
            within_ms: table.within.as_deref().map(duration::parse).transpose()?,
        })
    }

    fn exclusion(&self) -> Result<ExclusionDefinition, QueryError> {
        let table = match self {
            Self::Name(name) => {
                return Ok(ExclusionDefinition {
                    what: What::Named(name.clone()),
                    after: None,
                    before: None,
                });
            }
            Self::Table(table) => table,
        };
        if table.label.is_some() || table.optional || table.within.is_some() {
            return Err(QueryError::Step("has `label`, `optional` or `within`, which an exclusion has not"));
        }
        let (after, before) = (table.after.clone(), table.before.clone());
        Ok(ExclusionDefinition { what: table.what()?, after, before })
    }
}

impl StepTable {
    fn what(&self) -> Result<What, QueryError> {
        let on_events = self.event.is_some() || self.conditions.is_some();
        let stated = [
            self.name.is_some(),
            self.goal.is_some(),
            on_events,
            self.duration.is_some(),
            self.pages.is_some(),
        ];
        match stated.iter().filter(|stated| **stated).count() {
            0 => return Err(QueryError::Step("looks for nothing: give `goal` or `event`")),
            1 => {}
            _ => return Err(QueryError::Step("looks for more than one thing: leave one of them out")),
        }
        if let Some(name) = &self.name {
            return Ok(What::Named(name.clone()));
        }
        if let Some(goal) = &self.goal {
            return Ok(What::Goal(goal.clone()));
        }
        if let Some(text) = &self.duration {
            return Ok(What::Inline(Trigger::Duration { at_least_ms: duration::parse(text)?.max(1) }));
        }
        if let Some(pages) = self.pages {
            return Ok(What::Inline(Trigger::Pages { at_least: pages.max(1) }));
        }
        let mut predicate = self.event.as_deref().map_or_else(Predicate::default, Predicate::event);
        if let Some(conditions) = &self.conditions {
            predicate.all.extend(conditions.predicate()?.all);
        }
        Ok(What::Inline(Trigger::Event(predicate)))
    }
}

/// The dimension that a command line means: a column, `prop.KEY`, or a property's key alone.
pub fn dimension_or_property(text: &str) -> String {
    match Dimension::parse(text) {
        Ok(dimension) => dimension.to_string(),
        Err(_) => format!("prop.{text}"),
    }
}

/// The words for what is counted, as in `waymark.toml`.
pub mod tally {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use waymark_model::Tally;

    const WORDS: [(&str, Tally); 4] = [
        ("visitor", Tally::Visitors),
        ("session", Tally::Sessions),
        ("pair", Tally::Pairs),
        ("total", Tally::Entries),
    ];
    const NAMES: [&str; 4] = [WORDS[0].0, WORDS[1].0, WORDS[2].0, WORDS[3].0];

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
    pub fn serialize<S: Serializer>(tally: &Tally, serializer: S) -> Result<S::Ok, S::Error> {
        let word = WORDS.iter().find(|(_, known)| known == tally).map_or("", |(word, _)| word);
        serializer.serialize_str(word)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tally, D::Error> {
        let word = String::deserialize(deserializer)?;
        let found = WORDS.iter().find(|(known, _)| *known == word).map(|(_, tally)| *tally);
        found.ok_or_else(|| D::Error::unknown_variant(&word, &NAMES))
    }
}
