//! One funnel of a definitions file, and where its errors stand in the text.

use std::ops::Range;

use toml::{Spanned, de::DeValue};

use super::{
    error::{Errors, suggest},
    fields::{self, Fields, Node},
    funnel::{ExclusionDefinition, FunnelDefinition, StepDefinition, What},
    goal_reader::name,
    resolve::{End, Place, ResolveError},
    trigger_reader,
    words::{ANCHORS, ENTRIES, ORDERS, SCOPES, TALLIES},
};
use crate::{
    event::TextColumn,
    funnel::FunnelError,
    goal::Goal,
    predicate::{Dimension, UnknownDimension},
};

const STEPS: &str = "steps = [\"view\", \"add_to_cart\", \"purchase\"]";

/// A funnel that was read, with what its errors will need once the site's goals are known.
pub(super) struct FunnelText<'t> {
    /// The funnel.
    pub(super) funnel: Spanned<FunnelDefinition>,
    fields: Fields<'t>,
    /// There is a list of steps, be it an empty one.
    has_steps: bool,
    steps: Vec<Range<usize>>,
    exclusions: Vec<&'t Node<'t>>,
}

/// Reads a funnel. One with a name comes back even when something else in it is wrong.
pub(super) fn read<'t>(node: &'t Node<'t>, errors: &mut Errors) -> Option<FunnelText<'t>> {
    let mut fields = Fields::of(node, "a funnel", "[[site.NAME.funnel]]", errors)?;
    let name = name(&mut fields, errors);
    fields.require("steps", STEPS, errors);
    let step_nodes = nodes(&mut fields, "steps", STEPS, errors);
    let exclusion_nodes = nodes(&mut fields, "exclude", "exclude = [{ event = \"error\" }]", errors);
    let mut steps = Vec::new();
    for node in &step_nodes {
        steps.extend(step(node, errors));
    }
    let funnel = FunnelDefinition {
        name: name.as_ref().map_or("", |name| *name.get_ref()).to_owned(),
        version: 1,
        steps,
        order: fields.word("order", ORDERS, errors).unwrap_or_default(),
        window_ms: fields.duration("window", errors),
        anchor: fields.word("anchor", ANCHORS, errors).unwrap_or_default(),
        scope: fields.word("scope", SCOPES, errors).unwrap_or_default(),
        entry: fields.word("entry", ENTRIES, errors).unwrap_or_default(),
        tally: fields.word("count", TALLIES, errors).unwrap_or_default(),
        same: same(&mut fields, errors),
        exclusions: exclusion_nodes.iter().filter_map(|node| exclusion(node, errors)).collect(),
    };
    fields.finish(errors);
    let has_steps = fields.get("steps").is_some_and(|node| node.get_ref().is_array());
    let steps = step_nodes.iter().map(|node| node.span()).collect();
    let funnel = Spanned::new(name?.span(), funnel);
    Some(FunnelText { funnel, fields, has_steps, steps, exclusions: exclusion_nodes })
}

fn nodes<'t>(
    fields: &mut Fields<'t>,
    key: &'static str,
    example: &str,
    errors: &mut Errors,
) -> Vec<&'t Node<'t>> {
    fields.get(key).and_then(|node| fields::list(node, example, errors)).into_iter().flatten().collect()
}

fn step<'t>(node: &'t Node<'t>, errors: &mut Errors) -> Option<StepDefinition> {
    if let DeValue::String(_) = node.get_ref() {
        let named = fields::text(node, "\"purchase\"", errors)?;
        return Some(StepDefinition::of(What::Named(named.to_owned())));
    }
    let mut fields = Fields::of(node, "a step", "{ goal = \"purchase\", within = \"1h\" }", errors)?;
    let label =
        fields.text("label", "label = \"Checkout\"", errors).map(|label| (*label.get_ref()).to_owned());
    let optional = fields.flag("optional", errors);
    let within_ms = fields.duration("within", errors);
    let what = what(&mut fields, "a step", errors);
    fields.finish(errors);
    Some(StepDefinition { what: what?, label, optional, within_ms })
}

fn exclusion<'t>(node: &'t Node<'t>, errors: &mut Errors) -> Option<ExclusionDefinition> {
    if let DeValue::String(_) = node.get_ref() {
        let named = fields::text(node, "\"checkout_error\"", errors)?.to_owned();
        return Some(ExclusionDefinition { what: What::Named(named), after: None, before: None });
    }
    let mut fields = Fields::of(node, "an exclusion", "{ event = \"checkout_error\" }", errors)?;
    let mut label = |key| {
        let label = fields.text(key, &format!("{key} = \"LABEL OF A STEP\""), errors)?;
        Some((*label.get_ref()).to_owned())
    };
    let (after, before) = (label("after"), label("before"));
    let what = what(&mut fields, "an exclusion", errors);
    fields.finish(errors);
    Some(ExclusionDefinition { what: what?, after, before })
}

/// What a step's or an exclusion's table looks for: a name, a goal, or a trigger stated on the spot.
fn what(fields: &mut Fields<'_>, subject: &str, errors: &mut Errors) -> Option<What> {
    let mut named = |key| {
        let name = fields.text(key, &format!("{key} = \"purchase\""), errors)?;
        Some((*name.get_ref()).to_owned())
    };
    let (name, goal) = (named("name").map(What::Named), named("goal").map(What::Goal));
    let trigger = trigger_reader::read(fields, errors).map(What::Inline);
    let mut stated = [name, goal, trigger].into_iter().flatten();
    let (first, second) = (stated.next(), stated.next());
    if first.is_none() && !fields.has("name") && !fields.has("goal") {
        let hint = Some("add `goal = \"purchase\"` or `event = \"purchase\"`".to_owned());
        let message = format!("{subject} needs a goal or an event");
        errors.push(fields.head(), message, "neither goal nor event", hint);
    }
    if second.is_some() {
        let hint = "leave one of them out; to narrow a goal, define another".to_owned();
        let message = format!("{subject} is one thing: a `name`, a `goal`, or conditions");
        errors.push(fields.head(), message, "more than one", Some(hint));
    }
    first
}

fn same(fields: &mut Fields<'_>, errors: &mut Errors) -> Option<Dimension> {
    let given = fields.text("same", "same = \"prop.item\"", errors)?;
    Dimension::parse(given.get_ref())
        .map_err(|UnknownDimension(name)| {
            let columns = TextColumn::ALL.map(TextColumn::as_str);
            let hint = format!("for the property `{name}` write `prop.{name}`; {}", suggest(&name, columns));
            errors.push(given.span(), format!("there is no column called `{name}`"), "unknown", Some(hint));
        })
        .ok()
}

impl FunnelText<'_> {
    /// Reports what keeps the funnel from being computed under these goals.
    pub(super) fn check(&self, goals: &[Goal], errors: &mut Errors) {
        let definition = self.funnel.get_ref();
        let whole = self.has_steps
            && definition.steps.len() == self.steps.len()
            && definition.exclusions.len() == self.exclusions.len();
        if let (true, Err((first, others))) = (whole, definition.resolve_all(goals)) {
            for error in std::iter::once(first).chain(others) {
                let (span, label, hint) = self.describe(&error);
                errors.push(span, error.to_string(), label, hint);
            }
        }
    }

    fn describe(&self, error: &ResolveError) -> (Range<usize>, &'static str, Option<String>) {
        let suggestion =
            |nearest: &Option<String>| nearest.as_ref().map(|name| format!("did you mean `{name}`?"));
        match error {
            ResolveError::UnknownGoal { place, nearest, .. } => {
                let (span, label) = (self.goal_span(*place), "unknown goal");
                let define = "define it in this file, or write `event = …`".to_owned();
                (span, label, suggestion(nearest).or(Some(define)))
            }
            ResolveError::UnknownStep { exclusion, end, nearest, .. } => {
                let known = || {
                    let steps = self.funnel.get_ref().steps.iter().enumerate();
                    let labels: Vec<_> = steps.map(|(index, step)| step.label(index)).collect();
                    format!("its steps are: {}", labels.join(", "))
                };
                (
                    self.end_span(*exclusion, *end),
                    "unknown step",
                    suggestion(nearest).or_else(|| Some(known())),
                )
            }
            ResolveError::AmbiguousStep { exclusion, end, .. } => {
                let hint = "write a step as `{ event = \"view\", label = \"second view\" }`".to_owned();
                (self.end_span(*exclusion, *end), "which of them?", Some(hint))
            }
            ResolveError::OptionalStep { exclusion, end, .. } => {
                (self.end_span(*exclusion, *end), "an optional step", Some("name a required step".to_owned()))
            }
            ResolveError::NotAnEvent { exclusion } => {
                (self.exclusions[*exclusion].span(), "this is no event", None)
            }
            ResolveError::ExclusionOrder { exclusion } => {
                (self.exclusions[*exclusion].span(), "not in the order of the steps", None)
            }
            ResolveError::Choices(error) => self.describe_choices(error),
        }
    }

    fn describe_choices(&self, error: &FunnelError) -> (Range<usize>, &'static str, Option<String>) {
        let steps = &self.funnel.get_ref().steps;
        match error {
            FunnelError::OptionalEnd => {
                let first = steps.first().is_some_and(|step| step.optional);
                let at = if first { self.steps.first() } else { self.steps.last() };
                let span = at.cloned().unwrap_or_else(|| self.fields.head());
                (span, "optional", Some("leave `optional` out here".to_owned()))
            }
            FunnelError::PairsWithoutSame => {
                (self.fields.span_of("count"), "no `same`", Some("add `same = \"prop.item\"`".to_owned()))
            }
            FunnelError::Conflict(choice, _) => {
                let key = match *choice {
                    "order = any" => "order",
                    "open entry" => "entry",
                    _ => "count",
                };
                (self.fields.span_of(key), "does not go with the rest", None)
            }
            FunnelError::Steps(_) | FunnelError::NegativeWindow | FunnelError::ExclusionSteps => {
                (self.fields.span_of("steps"), "these steps", None)
            }
        }
    }

    fn goal_span(&self, place: Place) -> Range<usize> {
        match place {
            Place::Step(index) => self.steps[index].clone(),
            Place::Exclusion(index) => self.exclusions[index].span(),
        }
    }

    fn end_span(&self, exclusion: usize, end: End) -> Range<usize> {
        let node = self.exclusions[exclusion];
        let key = match end {
            End::After => "after",
            End::Before => "before",
        };
        node.get_ref().get(key).map_or_else(|| node.span(), Spanned::span)
    }
}
