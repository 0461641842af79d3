//! `waymark funnel`: units through steps that are stated on the spot, or through one of the site's funnels.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use waymark_analysis::{
    Query, QueryError,
    questions::funnel::{FunnelQuery, StepQuery, StepTable, dimension_or_property},
};
use waymark_model::{
    Anchor, Entry, Order, Scope, Tally,
    definitions::{StepDefinition, What, parse_steps},
};

use super::{Context, data::Data, failure::CliError, out, over::OverArgs};

/// A funnel to ask for.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("which").required(true).args(["steps", "name"])))]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    /// The steps: goals or, where no goal is called so, events: `view > [newsletter] > "add to cart" > purchase`. A step
    /// in brackets is optional.
    #[arg(long)]
    steps: Option<String>,
    /// One of the site's funnels, by name.
    #[arg(long, conflicts_with_all = ["window", "order", "anchor", "scope", "entry", "count", "same", "exclude"])]
    name: Option<String>,
    /// Longest time from the first step to the last: `7d`, `1h30m`.
    #[arg(long, value_name = "TIME")]
    window: Option<String>,
    /// Whether other events may stand between the steps (`ordered`) or not (`strict`), or the order does not matter
    /// (`any`).
    #[arg(long, default_value = "ordered", value_parser = choice(&[
        ("ordered", Order::Ordered), ("strict", Order::Strict), ("any", Order::Any),
    ]))]
    order: Order,
    /// Whether any event of step 1 may start, or only a visitor's first.
    #[arg(long, default_value = "any", value_parser = choice(&[("any", Anchor::Any), ("first", Anchor::First)]))]
    anchor: Anchor,
    /// Whether the steps may lie in several sessions.
    #[arg(long, default_value = "visitor", value_parser = choice(&[
        ("visitor", Scope::Visitor), ("session", Scope::Session),
    ]))]
    scope: Scope,
    /// Whether units enter at step 1 only, or at any step.
    #[arg(long, default_value = "closed", value_parser = choice(&[("closed", Entry::Closed), ("open", Entry::Open)]))]
    entry: Entry,
    /// What is counted; `pair` is a visitor with a value of `--same`, `total` every entry.
    #[arg(long, default_value = "visitor", value_parser = choice(&[
        ("visitor", Tally::Visitors), ("session", Tally::Sessions), ("pair", Tally::Pairs), ("total", Tally::Entries),
    ]))]
    count: Tally,
    /// A property or column whose value all steps share: `item`.
    #[arg(long, value_name = "PROPERTY")]
    same: Option<String>,
    /// An event or goal that breaks a chain between the first step and the last; may be given several times.
    #[arg(long, value_name = "EVENT")]
    exclude: Vec<String>,
    #[command(flatten)]
    over: OverArgs,
}

/// Reads one of these words.
fn choice<T: Copy + Send + Sync + 'static>(
    words: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    let names = words.iter().map(|(word, _)| *word);
    PossibleValuesParser::new(names).try_map(|given: String| {
        let found = words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
        found.ok_or("no such choice")
    })
}

pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    let query = Query::Funnel(args.query()?);
    let data = Data::read(context)?;
    let site = data.site(&args.site)?;
    out::answer(context, &data.answer(&site, &query)?)
}

impl Args {
    fn query(&self) -> Result<FunnelQuery, CliError> {
        let over = self.over.over();
        let Some(text) = &self.steps else {
            return Ok(FunnelQuery { name: self.name.clone(), over, ..FunnelQuery::default() });
        };
        let steps = parse_steps(text).map_err(|errors| QueryError::Steps { text: text.clone(), errors })?;
        Ok(FunnelQuery {
            name: None,
            steps: steps.into_iter().map(step).collect(),
            window: self.window.clone(),
            order: self.order,
            anchor: self.anchor,
            scope: self.scope,
            entry: self.entry,
            count: self.count,
            same: self.same.as_deref().map(dimension_or_property),
            exclude: self.exclude.iter().cloned().map(StepQuery::Name).collect(),
            over,
            compare: None,
        })
    }
}

/// A step of a line of steps: a name, and whether it is optional.
fn step(step: StepDefinition) -> StepQuery {
    let (What::Named(name) | What::Goal(name)) = step.what else {
        return StepQuery::Table(Box::default());
    };
    if step.optional {
        let table = StepTable { name: Some(name), optional: true, ..StepTable::default() };
        StepQuery::Table(Box::new(table))
    } else {
        StepQuery::Name(name)
    }
}
