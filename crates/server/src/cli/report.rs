//! `waymark report`: the headline alone on top, what leads to it beneath, the funnels, and what looks wrong.

use std::collections::BTreeMap;

use serde::Serialize;
use waymark_analysis::{
    Answer, Over, Query, Source, answer,
    inventory::{EventKind, event_kinds, likely_headline},
    questions::{funnel::FunnelQuery, overview::OverviewQuery},
    usage::usage,
};
use waymark_model::lints::{self, Lint};
use waymark_store::catalog::Site;

use super::{Context, data::Data, failure::CliError, out, over::OverArgs};
use crate::text::report::report as as_text;

/// A report to make.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The site.
    #[arg(long)]
    site: String,
    #[command(flatten)]
    over: OverArgs,
}

/// Everything that a report shows.
#[derive(Serialize)]
pub(crate) struct Report {
    /// Visitors, sessions, events, goals, days.
    pub(crate) overview: Answer,
    /// The site's funnels that can be computed.
    pub(crate) funnels: BTreeMap<String, Answer>,
    /// What looks wrong in the definitions, or in how the goals are used.
    pub(crate) lints: Vec<Lint>,
    /// The kinds of events, for a site without a headline.
    pub(crate) events: Vec<EventKind>,
    /// The kind of event that looks most like the site's purpose, where no headline is defined.
    pub(crate) likely_headline: Option<String>,
    /// The steps of the headline's funnel, or else of the first one, in order.
    #[serde(skip)]
    pub(crate) order: Vec<String>,
}

pub(super) fn run(context: &Context, args: &Args) -> Result<u8, CliError> {
    let data = Data::read(context)?;
    let site = data.site(&args.site)?;
    print(context, &data, &site, &args.over.over())
}

/// Makes the report of a site and prints it; gives the code to end with.
pub(super) fn print(context: &Context, data: &Data, site: &Site, over: &Over) -> Result<u8, CliError> {
    let report = data.with_source(site, &site.definition, |source| make(source, over))?;
    if context.json {
        out::json(context, &report)?;
    } else {
        out::text(context, &as_text(&report))?;
    }
    out::warnings(context, &report.overview.warnings);
    Ok(out::code(&report.overview.damage))
}

fn make(source: &Source<'_>, over: &Over) -> Result<Report, CliError> {
    let asked = OverviewQuery { days: true, over: over.clone(), ..OverviewQuery::default() };
    let overview = answer(&Query::Overview(asked), source)?;
    let mut funnels = BTreeMap::new();
    for funnel in &source.site.funnels {
        // One that cannot be computed is among the lints.
        if funnel.resolve(&source.site.goals).is_ok() {
            let name = Some(funnel.name.clone());
            let query = Query::Funnel(FunnelQuery { name, over: over.clone(), ..FunnelQuery::default() });
            funnels.insert(funnel.name.clone(), answer(&query, source)?);
        }
    }
    let resolved = over.resolve(&source.site.zone, source.all(), source.now)?;
    let lints = lints::lint(source.site, Some(&usage(source, &resolved)?));
    let has_headline = source.site.headline().is_some();
    let events = if has_headline { Vec::new() } else { event_kinds(source, &resolved)? };
    let likely_headline = likely_headline(&events).map(|kind| kind.name.clone());
    Ok(Report { overview, funnels, lints, likely_headline, events, order: order(source) })
}

/// The steps of the funnel that leads to the headline, or else of the first one.
fn order(source: &Source<'_>) -> Vec<String> {
    let site = source.site;
    let labels = |funnel: &waymark_model::FunnelDefinition| -> Vec<String> {
        (0..).zip(&funnel.steps).map(|(at, step)| step.label(at)).collect()
    };
    let all: Vec<Vec<String>> = site.funnels.iter().map(labels).collect();
    let headline = site.headline().map(|goal| goal.name.as_str());
    let leads = |steps: &&Vec<String>| steps.last().map(String::as_str) == headline;
    all.iter().find(leads).or(all.first()).cloned().unwrap_or_default()
}
